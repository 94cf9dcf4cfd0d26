using Microsoft.EntityFrameworkCore;
using Waybill.Server.Crm;
using Waybill.Server.Logging;
using Waybill.Server.Storage;
using Waybill.Server.Tracking;

namespace Waybill.Server.Search;

/// <summary>
/// Finds what has no search entry, at the start and every hour: what is older than the index, what a bulk statement wrote, a mail that
/// was found to be sent by its first open.
/// </summary>
public sealed class FillIndex(
    IDbContextFactory<AppDb> databases,
    DatabaseReady ready,
    TimeProvider clock,
    ILogger<FillIndex> log
) : BackgroundService
{
    static readonly TimeSpan Pause = TimeSpan.FromHours(1);
    const int Batch = 500;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await ready.OnceAsync(stoppingToken);
        using var timer = new PeriodicTimer(Pause, clock);
        do try
        {
            await using var db = await databases.CreateDbContextAsync(stoppingToken);
            while (await BatchAsync(db, stoppingToken) is var added and > 0)
            {
                log.LogInformation("{Count} older records can be searched now", added);
                db.ChangeTracker.Clear();
            }
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            log.LogWarning(error, "Older records can't be searched yet; the next try is in an hour");
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>How many entries it added; 0 when none is missing.</summary>
    public static async Task<int> BatchAsync(AppDb db, CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(db);
        var entries = db.SearchEntries;
        var records = await db
            .Records.AsNoTracking()
            .Where(r => SearchAreas.OfRecords.Contains(r.Type) && !entries.Any(e => e.RecordId == r.Id))
            .OrderBy(r => r.Id)
            .Take(Batch)
            .ToListAsync(stop);
        var ids = records.ConvertAll(r => r.Id);
        var addresses = (
            await db.ContactAddresses.AsNoTracking().Where(a => ids.Contains(a.ContactId)).ToListAsync(stop)
        ).ToLookup(a => a.ContactId, a => a.Address);
        var logged = await db
            .LoggedEmails.AsNoTracking()
            .Where(m => !entries.Any(e => e.RecordId == m.RecordId))
            .OrderBy(m => m.RecordId)
            .Take(Batch)
            .ToListAsync(stop);
        var sent = await db
            .TrackedEmails.AsNoTracking()
            .Include(m => m.Recipients)
            .Where(m => m.State == SendState.Sent && !entries.Any(e => e.TrackedEmailId == m.Id))
            .OrderBy(m => m.Id)
            .Take(Batch)
            .ToListAsync(stop);
        entries.AddRange(records.Select(r => Describe.Of(r, addresses[r.Id])));
        entries.AddRange(logged.Select(Describe.Of));
        entries.AddRange(sent.Select(Describe.Of));
        await db.SaveChangesAsync(stop);
        return records.Count + logged.Count + sent.Count;
    }
}
