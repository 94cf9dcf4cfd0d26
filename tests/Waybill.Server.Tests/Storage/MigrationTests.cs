using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Waybill.Server.Crm;
using Waybill.Server.Kernel;
using Waybill.Server.Storage;

namespace Waybill.Server.Tests.Storage;

public sealed class MigrationsOnSqlite : MigrationContract
{
    protected override Task<string?> EmptyAsync() => Task.FromResult<string?>(null);

    [Fact]
    public async Task A_database_that_changes_is_copied_before_and_the_last_three_copies_are_kept()
    {
        await AtFirstVersionAsync();
        for (var day = 1; day <= 5; day++)
        {
            await ForgetMigrationsAsync();
            Time.Advance(TimeSpan.FromDays(1));
            await Assert.ThrowsAnyAsync<Exception>(() => MigrateAsync()); // the tables are there already
        }

        var copies = Directory.GetFiles(Folder, "waybill.db.before-*").Order().ToList();
        Assert.Equal(["20261204", "20261205", "20261206"], copies.Select(c => c.Split('-')[^2]));
        Assert.Equal(Only, File.GetUnixFileMode(copies[0]));
        await using var copy = Open(copies[0]);
        Assert.Equal(
            1,
            await copy.Database.SqlQueryRaw<int>("SELECT count(*) AS \"Value\" FROM records").SingleAsync()
        );
    }

    [Fact]
    public async Task Without_room_for_the_copy_nothing_is_changed()
    {
        await AtFirstVersionAsync();
        await ForgetMigrationsAsync();
        Directory.CreateDirectory(Path.Combine(Folder, "waybill.db.before-20261201-000000.part"));

        var told = await Assert.ThrowsAsync<ConfigurationMistake>(() => MigrateAsync());

        Assert.Contains("Nothing was changed. Make 1 MB of room", told.Message, StringComparison.Ordinal);
        await using var db = Db();
        Assert.Empty(await db.Database.GetAppliedMigrationsAsync());
    }

    [Fact]
    public async Task A_lock_left_by_a_killed_server_holds_nobody_up()
    {
        await using (var db = Db())
            await db.Database.ExecuteSqlRawAsync(
                "CREATE TABLE \"__EFMigrationsLock\" (\"Id\" INTEGER PRIMARY KEY, \"Timestamp\" TEXT NOT NULL); INSERT INTO \"__EFMigrationsLock\" VALUES (1, '2026')"
            );

        await MigrateAsync().WaitAsync(TimeSpan.FromSeconds(60));
    }

    const UnixFileMode Only = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    async Task ForgetMigrationsAsync()
    {
        await using var db = Db();
        await db.Database.ExecuteSqlRawAsync("DELETE FROM \"__EFMigrationsHistory\"");
    }

    static SqliteDb Open(string file)
    {
        var options = new DbContextOptionsBuilder<SqliteDb>();
        SqliteDb.Configure(options, file);
        return new SqliteDb(options.Options);
    }
}

public sealed class MigrationsOnPostgres : MigrationContract
{
    protected override async Task<string?> EmptyAsync() => await PostgresServer.NewDatabaseAsync(migrated: false);

    [Fact]
    public async Task Nodes_that_start_at_once_on_an_empty_database_all_start()
    {
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => MigrateAsync())));

        await using var db = Db();
        Assert.Empty(await db.Database.GetPendingMigrationsAsync());
    }

    [Theory]
    [InlineData("Host=localhost;Port=what", "WAYBILL_DATABASE is not a PostgreSQL connection string")]
    [InlineData("waybill.db", "WAYBILL_DATABASE is not a PostgreSQL connection string")]
    [InlineData("Host=localhost", "WAYBILL_DATABASE lacks Host or Database")]
    public void A_setting_that_can_not_work_is_told_in_one_line(string text, string start)
    {
        var told = Assert.Throws<ConfigurationMistake>(() => PostgresConnection.Read(text));

        Assert.StartsWith(start, told.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', told.Message);
    }

    [Fact]
    public async Task A_database_that_is_not_there_is_named()
    {
        var told = await Assert.ThrowsAsync<ConfigurationMistake>(() =>
            PostgresConnection.CheckAsync(
                Connection!.Replace("Database=test_", "Database=no_", StringComparison.Ordinal)
            )
        );

        Assert.StartsWith("There is no database no_", told.Message, StringComparison.Ordinal);
    }
}

/// <summary>From nothing and from the first version ever, on both databases.</summary>
public abstract class MigrationContract : IAsyncLifetime
{
    static readonly DateTime At = new(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);

    protected string Folder { get; } = Directory.CreateTempSubdirectory("waybill-migrations-").FullName;
    protected FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 12, 1, 0, 0, 0, TimeSpan.Zero));
    protected string? Connection { get; private set; }
    ServiceProvider _services = null!;

    protected abstract Task<string?> EmptyAsync();

    public async ValueTask InitializeAsync()
    {
        Connection = await EmptyAsync();
        var options = new WaybillOptions
        {
            DataFolder = Folder,
            Database = Connection,
            Url = "http://localhost",
            TrackingUrl = "http://localhost",
            MailHost = "localhost",
        };
        _services = new ServiceCollection()
            .AddSingleton<TimeProvider>(Time)
            .AddLogging()
            .AddStorage(options)
            .BuildServiceProvider();
    }

    [Fact]
    public async Task The_migrations_make_the_model_we_use()
    {
        await MigrateAsync();
        await using var db = Db();

        Assert.False(
            db.Database.HasPendingModelChanges(),
            "Add a migration for each database; CONTRIBUTING.md has the commands."
        );
        Assert.Empty(await db.Records.ToListAsync());
    }

    [Fact]
    public async Task What_the_first_version_kept_is_there_after_the_upgrade()
    {
        await AtFirstVersionAsync();

        await MigrateAsync();

        await using var db = Db();
        Assert.Empty(await db.Database.GetPendingMigrationsAsync());
        var record = await db.Records.SingleAsync();
        Assert.Equal(("Maria Żak", "x"), (record.Name, record["firstname"]));
        Assert.Equal(At, record.CreatedAt);
    }

    protected async Task AtFirstVersionAsync()
    {
        await using var db = Db();
        await db.GetService<IMigrator>().MigrateAsync(db.Database.GetMigrations().First());
        const string Props = """{"firstname":"x"}""";
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO records (type, name, created_at, updated_at, archived, closed, props)
            VALUES ('contact', 'Maria Żak', {At}, {At}, {false}, {false}, {Props})
            """
        );
    }

    protected Task MigrateAsync() => _services.MigrateAsync();

    protected AppDb Db() => _services.GetRequiredService<IDbContextFactory<AppDb>>().CreateDbContext();

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _services.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(Folder, recursive: true);
        if (Connection is not null)
            await PostgresServer.DropAsync(Connection);
    }
}
