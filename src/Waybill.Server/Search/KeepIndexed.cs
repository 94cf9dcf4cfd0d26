using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Waybill.Server.Crm;
using Waybill.Server.Logging;
using Waybill.Server.Storage;
using Waybill.Server.Tracking;

namespace Waybill.Server.Search;

/// <summary>
/// Writes the search entry of whatever is saved, in the same transaction. Docs/decisions/0012 says why this is code and not triggers.
/// What was written past the change tracker is found by <see cref="FillIndex"/>.
/// </summary>
public sealed class KeepIndexed : SaveChangesInterceptor
{
    public override async ValueTask<InterceptionResult<int>> SavingChangesAsync(
        DbContextEventData eventData,
        InterceptionResult<int> result,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(eventData);
        if (eventData.Context is AppDb db)
            await IndexAsync(db, cancellationToken);
        return result;
    }

    public override InterceptionResult<int> SavingChanges(DbContextEventData eventData, InterceptionResult<int> result)
    {
        ArgumentNullException.ThrowIfNull(eventData);
        if (eventData.Context is AppDb db && Changed(db).Count > 0)
            throw new NotSupportedException(
                "Save records with SaveChangesAsync: what they are found by is saved with them."
            );
        return result;
    }

    static List<EntityEntry> Changed(AppDb db) =>
        [
            .. db
                .ChangeTracker.Entries()
                .Where(e =>
                    e.State is EntityState.Added or EntityState.Modified or EntityState.Deleted
                    && e.Entity is Record or ContactAddress or LoggedEmail or TrackedEmail
                ),
        ];

    static async Task IndexAsync(AppDb db, CancellationToken stop)
    {
        var again = new HashSet<long>();
        var sent = new HashSet<long>();
        foreach (var entry in Changed(db))
            switch (entry.Entity)
            {
                case Record record when SearchAreas.OfRecords.Contains(record.Type):
                    if (entry.State == EntityState.Added)
                        AddOnce(db, e => e.Record == record, () => Describe.Of(record, []));
                    else if (Touched(entry, nameof(Record.Name), nameof(Record.Domain), nameof(Record.Props)))
                        again.Add(record.Id);
                    break;
                case ContactAddress address:
                    again.Add(address.ContactId);
                    break;
                case LoggedEmail mail when entry.State == EntityState.Added:
                    AddOnce(db, e => e.RecordId == mail.RecordId, () => Describe.Of(mail));
                    break;
                case TrackedEmail { State: SendState.Sent } mail:
                    if (entry.State == EntityState.Added)
                        AddOnce(db, e => e.TrackedEmail == mail, () => Describe.Of(mail));
                    else if (Touched(entry, nameof(TrackedEmail.State), nameof(TrackedEmail.Subject)))
                        sent.Add(mail.Id);
                    break;
            }
        if (again.Count > 0)
            await RecordsAgainAsync(db, again, stop);
        if (sent.Count > 0)
            await SentAgainAsync(db, sent, stop);
    }

    static bool Touched(EntityEntry entry, params ReadOnlySpan<string> properties)
    {
        if (entry.State == EntityState.Modified)
            foreach (var property in properties)
                if (entry.Property(property).IsModified)
                    return true;
        return false;
    }

    /// <summary>A save that failed is tried again with what it had added.</summary>
    static void AddOnce(AppDb db, Func<SearchEntry, bool> same, Func<SearchEntry> describe)
    {
        if (!db.SearchEntries.Local.Any(same))
            db.SearchEntries.Add(describe());
    }

    static async Task RecordsAgainAsync(AppDb db, HashSet<long> ids, CancellationToken stop)
    {
        var entries = await db.SearchEntries.Where(e => ids.Contains(e.RecordId!.Value)).ToListAsync(stop);
        var stored = (await db.ContactAddresses.Where(a => ids.Contains(a.ContactId)).ToListAsync(stop)).ToHashSet();
        stored.UnionWith(db.ContactAddresses.Local);
        stored.RemoveWhere(a => db.Entry(a).State == EntityState.Deleted);
        foreach (var id in ids)
        {
            if (await db.Records.FindAsync([id], stop) is not { } record)
                continue;
            var now = Describe.Of(record, stored.Where(a => a.ContactId == id).Select(a => a.Address));
            Put(db, entries.Find(e => e.RecordId == id), now);
        }
    }

    static async Task SentAgainAsync(AppDb db, HashSet<long> ids, CancellationToken stop)
    {
        var entries = await db.SearchEntries.Where(e => ids.Contains(e.TrackedEmailId!.Value)).ToListAsync(stop);
        var mails = db.TrackedEmails.Local.Where(m => ids.Contains(m.Id)).ToList();
        foreach (var mail in mails)
        {
            await db.Entry(mail).Collection(m => m.Recipients).LoadAsync(stop);
            Put(db, entries.Find(e => e.TrackedEmailId == mail.Id), Describe.Of(mail));
        }
    }

    static void Put(AppDb db, SearchEntry? old, SearchEntry now)
    {
        if (old is null)
            db.SearchEntries.Add(now);
        else
            (old.Key, old.Words) = (now.Key, now.Words);
    }
}
