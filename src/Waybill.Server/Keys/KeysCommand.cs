using System.Data.Common;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Waybill.Server.Kernel;
using Waybill.Server.Storage;

namespace Waybill.Server.Keys;

/// <summary><c>keys list</c> and <c>keys rotate</c>, beside a running server, which sees it within a minute.</summary>
public static class KeysCommand
{
    public static async Task<int> RunAsync(WaybillOptions options, string verb, TextWriter to, TimeProvider time)
    {
        if (options.Database is null && !File.Exists(options.InData("waybill.db")))
            throw new ConfigurationMistake(
                $"There is no database in {options.DataFolder}. Set WAYBILL_DATA, or WAYBILL_DATABASE."
            );
        await using var services = new ServiceCollection()
            .AddLogging()
            .AddSingleton(time)
            .AddStorage(options)
            .BuildServiceProvider();
        try
        {
            await using var db = await services.GetRequiredService<IDbContextFactory<AppDb>>().CreateDbContextAsync();
            return verb switch
            {
                "list" => await ListAsync(db, to, time),
                "rotate" => await RotateAsync(db, MasterKey.Read(options), to, time),
                _ => throw new ConfigurationMistake("Say keys list or keys rotate."),
            };
        }
        catch (Exception error) when (error is DbException or DbUpdateException)
        {
            throw new ConfigurationMistake(
                $"The keys in the database can't be read or changed: {error.GetBaseException().Message} Correct WAYBILL_DATA or WAYBILL_DATABASE, or start this version of Waybill once."
            );
        }
    }

    static async Task<int> ListAsync(AppDb db, TextWriter to, TimeProvider time)
    {
        var now = time.GetUtcNow().UtcDateTime;
        foreach (
            var key in await db
                .Keys.AsNoTracking()
                .Select(k => new
                {
                    k.Purpose,
                    k.Number,
                    k.CreatedAt,
                    k.RetiredAt,
                })
                .OrderBy(k => k.Purpose)
                .ThenBy(k => k.Number)
                .ToListAsync()
        )
        {
            var state = key.RetiredAt is { } retired ? $"retired {Day(retired)}" : "";
            var age = $"{(now - key.CreatedAt).Days} days";
            await to.WriteLineAsync(
                $"{key.Purpose + "-" + key.Number, -20} made {Day(key.CreatedAt)} {age, 10}  {state}".TrimEnd()
            );
        }
        return 0;
    }

    static async Task<int> RotateAsync(AppDb db, MasterKey master, TextWriter to, TimeProvider time)
    {
        var now = time.GetUtcNow().UtcDateTime;
        foreach (var key in await Rotation.MakeAsync(db, master, Rotation.ByCommand, now, default))
            await to.WriteLineAsync($"Made {key.Purpose}-{key.Number}.");
        await to.WriteLineAsync(
            "A running server uses them within three minutes. Links in mails already sent go on working; earlier OAuth keys are deleted in 31 days."
        );
        return 0;
    }

    static string Day(DateTime at) => at.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
