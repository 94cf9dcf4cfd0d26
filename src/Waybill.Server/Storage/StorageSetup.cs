using Microsoft.EntityFrameworkCore;
using Waybill.Server.Kernel;

namespace Waybill.Server.Storage;

public static class StorageSetup
{
    public static IServiceCollection AddStorage(this IServiceCollection services, WaybillOptions options)
    {
        services.AddDbContextFactory<SqliteDb>(db => SqliteDb.Configure(db, options.InData("waybill.db")));
        services.AddSingleton<IDbContextFactory<AppDb>, AppDbFactory>();
        services.AddScoped<AppDb>(provider => provider.GetRequiredService<SqliteDb>());
        services.AddSingleton(new Blobs(options.InData("blobs")));
        return services;
    }

    /// <summary>Brings the database to the present schema; hits and mail are accepted into the spool meanwhile.</summary>
    public static async Task MigrateAsync(this IServiceProvider services, CancellationToken stop = default)
    {
        await using var db = await services.GetRequiredService<IDbContextFactory<AppDb>>().CreateDbContextAsync(stop);
        await db.Database.MigrateAsync(stop);
    }

    sealed class AppDbFactory(IDbContextFactory<SqliteDb> inner) : IDbContextFactory<AppDb>
    {
        public AppDb CreateDbContext() => inner.CreateDbContext();

        public async Task<AppDb> CreateDbContextAsync(CancellationToken cancellationToken = default) =>
            await inner.CreateDbContextAsync(cancellationToken);
    }
}
