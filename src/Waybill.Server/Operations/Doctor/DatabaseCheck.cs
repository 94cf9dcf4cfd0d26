using Microsoft.EntityFrameworkCore;
using Waybill.Server.Kernel;
using Waybill.Server.Storage;

namespace Waybill.Server.Operations.Doctor;

/// <summary>Answers, and is at the schema of this version.</summary>
static class DatabaseCheck
{
    const string Subject = "database";

    public static async Task<Finding[]> LookAsync(WaybillOptions options, CancellationToken stop)
    {
        await using var services = new ServiceCollection().AddStorage(options).BuildServiceProvider();
        await using var db = await services.GetRequiredService<IDbContextFactory<AppDb>>().CreateDbContextAsync(stop);
        if (db.Database.IsSqlite() && !File.Exists(options.InData("waybill.db")))
            return [Finding.Warning(Subject, "There is none yet; the first start makes it.")];
        if (!await db.Database.CanConnectAsync(stop))
            return
            [
                Finding.Problem(
                    Subject,
                    "It does not answer. Hits and mail are kept meanwhile; start it, or correct its settings."
                ),
            ];
        var applied = (await db.Database.GetAppliedMigrationsAsync(stop)).ToHashSet();
        var known = db.Database.GetMigrations().ToArray();
        var pending = known.Count(m => !applied.Contains(m));
        return
        [
            applied.Except(known).Any()
                ? Finding.Problem(
                    Subject,
                    "It was changed by a newer Waybill than this one. Install that version again, or restore the backup made before it."
                )
            : pending > 0
                ? Finding.Warning(
                    Subject,
                    $"{pending} changes of its tables are pending; the next start makes them. Have a backup first."
                )
            : Finding.Ok(Subject, "answers and is up to date"),
        ];
    }
}
