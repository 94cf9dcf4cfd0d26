using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Waybill.Server.Storage;

/// <summary>The embedded default: one file, WAL, synchronous=FULL so that a committed row survives a power cut.</summary>
public sealed class SqliteDb(DbContextOptions<SqliteDb> options) : AppDb(options)
{
    public static void Configure(DbContextOptionsBuilder options, string file) =>
        options
            .UseSqlite(
                $"Data Source={file};Default Timeout=30;Foreign Keys=True",
                sqlite => sqlite.UseQuerySplittingBehavior(QuerySplittingBehavior.SplitQuery)
            )
            .UseSnakeCaseNamingConvention()
            .UseOpenIddict<long>()
            .AddInterceptors(Pragmas.Instance);

    sealed class Pragmas : DbConnectionInterceptor
    {
        public static readonly Pragmas Instance = new();

        const string Text = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY;";

        public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
        {
            if (IsReadOnly(connection))
                return;
            using var command = connection.CreateCommand();
            command.CommandText = Text;
            command.ExecuteNonQuery();
        }

        public override async Task ConnectionOpenedAsync(
            DbConnection connection,
            ConnectionEndEventData eventData,
            CancellationToken cancellationToken = default
        )
        {
            if (IsReadOnly(connection))
                return;
            await using var command = connection.CreateCommand();
            command.CommandText = Text;
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        /// <summary>EF asks so whether the database exists; a restored one is not in WAL yet and could not be put there.</summary>
        static bool IsReadOnly(DbConnection connection) =>
            connection.ConnectionString.Contains("Mode=ReadOnly", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>For <c>dotnet ef migrations add NAME --context SqliteDb -o Storage/Migrations/Sqlite</c>.</summary>
    sealed class AtDesignTime : IDesignTimeDbContextFactory<SqliteDb>
    {
        public SqliteDb CreateDbContext(string[] args)
        {
            var options = new DbContextOptionsBuilder<SqliteDb>();
            Configure(options, "design-time.db");
            return new SqliteDb(options.Options);
        }
    }
}
