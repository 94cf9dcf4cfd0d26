using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace Waybill.Server.Storage;

/// <summary>
/// PostgreSQL, when users outgrow one file. Text is <c>text</c> in COLLATE "C": it sorts, compares and folds exactly as SQLite's does,
/// and a length is a rule of ours, never an error of the database.
/// </summary>
public sealed class PostgresDb(DbContextOptions<PostgresDb> options) : AppDb(options)
{
    public static void Configure(DbContextOptionsBuilder options, string connection) =>
        options
            .UseNpgsql(
                connection,
                postgres =>
                    postgres
                        .UseQuerySplittingBehavior(QuerySplittingBehavior.SplitQuery)
                        .SetPostgresVersion(PostgresConnection.Oldest)
            )
            .UseSnakeCaseNamingConvention()
            .UseOpenIddict<long>()
            .AddInterceptors(StorableText.Instance);

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        base.ConfigureConventions(configurationBuilder);
        configurationBuilder.Properties<string>().HaveColumnType("text").UseCollation("C");
    }

    /// <summary>For <c>dotnet ef migrations add NAME --context PostgresDb -o Storage/Migrations/Postgres</c>.</summary>
    sealed class AtDesignTime : IDesignTimeDbContextFactory<PostgresDb>
    {
        public PostgresDb CreateDbContext(string[] args)
        {
            var options = new DbContextOptionsBuilder<PostgresDb>();
            Configure(options, "Host=localhost;Database=design_time");
            return new PostgresDb(options.Options);
        }
    }
}
