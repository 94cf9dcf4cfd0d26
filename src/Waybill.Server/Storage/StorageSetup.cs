using Microsoft.EntityFrameworkCore;
using Waybill.Server.Kernel;

namespace Waybill.Server.Storage;

public static class StorageSetup
{
    public static IServiceCollection AddStorage(this IServiceCollection services, WaybillOptions options)
    {
        if (options.Database is { } text)
        {
            var connection = PostgresConnection.Read(text);
            services.AddDatabase<PostgresDb>(db => PostgresDb.Configure(db, connection));
        }
        else
        {
            var file = new SqliteFile(options.InData("waybill.db"));
            services.AddSingleton(file);
            services.AddDatabase<SqliteDb>(db =>
            {
                SqliteDb.Configure(db, options.InData("waybill.db"));
                db.AddInterceptors(file);
            });
        }
        services.AddSingleton(new Blobs(options.InData("blobs")));
        services.AddSingleton<DatabaseReady>();
        services.AddHostedService<BringUpDatabase>();
        return services;
    }

    /// <summary>Brings the database to the present schema.</summary>
    public static async Task MigrateAsync(this IServiceProvider services, CancellationToken stop = default)
    {
        await using var db = await services.GetRequiredService<IDbContextFactory<AppDb>>().CreateDbContextAsync(stop);
        if (db.Database.IsNpgsql())
        {
            var connection = db.Database.GetConnectionString()!;
            await PostgresConnection.CheckAsync(connection, stop);
            await using (await PostgresConnection.AloneAsync(connection, stop))
                await UpAsync(services, db, stop);
            return;
        }
        if ((await db.Database.GetPendingMigrationsAsync(stop)).Any())
            await SqliteCopies.BeforeMigrationAsync(db, services.GetRequiredService<TimeProvider>(), stop);
        // A server killed while it migrated leaves its lock behind, and the next one would wait for it for ever. This process alone
        // holds the data folder, so a lock that is there is nobody's.
        await db.Database.ExecuteSqlRawAsync("DROP TABLE IF EXISTS \"__EFMigrationsLock\"", stop);
        await UpAsync(services, db, stop);
        services.GetRequiredService<SqliteFile>().Made();
    }

    static async Task UpAsync(IServiceProvider services, AppDb db, CancellationToken stop)
    {
        await db.Database.MigrateAsync(stop);
        foreach (var step in services.GetServices<AfterMigration>())
            await step.RunAsync(db, stop);
    }

    static void AddDatabase<TDb>(this IServiceCollection services, Action<DbContextOptionsBuilder> configure)
        where TDb : AppDb
    {
        services.AddDbContextFactory<TDb>(configure);
        services.AddSingleton<IDbContextFactory<AppDb>, AppDbFactory<TDb>>();
        services.AddScoped<AppDb>(provider => provider.GetRequiredService<TDb>());
    }

    sealed class AppDbFactory<TDb>(IDbContextFactory<TDb> inner) : IDbContextFactory<AppDb>
        where TDb : AppDb
    {
        public AppDb CreateDbContext() => inner.CreateDbContext();

        public async Task<AppDb> CreateDbContextAsync(CancellationToken cancellationToken = default) =>
            await inner.CreateDbContextAsync(cancellationToken);
    }
}
