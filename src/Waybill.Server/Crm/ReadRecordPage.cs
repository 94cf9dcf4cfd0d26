using Microsoft.EntityFrameworkCore;
using Waybill.Server.Identity;
using Waybill.Server.Settings;
using Waybill.Server.Storage;

namespace Waybill.Server.Crm;

/// <summary>A record that belongs to the one on the page.</summary>
public sealed record RelatedRecord(Record Record, bool Primary);

/// <summary>Count is how many there are; <paramref name="Records"/> has the first of them.</summary>
public sealed record RelatedGroup(string Type, IReadOnlyList<RelatedRecord> Records, int Count);

/// <summary>The two outer columns of a record page; the timeline is read by itself. <paramref name="Users"/> can own a record.</summary>
public sealed record RecordDetails(
    Record Record,
    Record? Company,
    IReadOnlyDictionary<long, string> Users,
    TrackingEligibility Tracking,
    IReadOnlyList<RelatedGroup> Related
);

public static class ReadRecordPage
{
    const int ShownOfEach = 25;
    const int MostUsers = 500;

    /// <summary>Which other types a type's page shows beside it, in order.</summary>
    static readonly Dictionary<string, string[]> Beside = new()
    {
        [RecordTypes.Contact] = [RecordTypes.Company, RecordTypes.Deal, RecordTypes.Ticket],
        [RecordTypes.Company] = [RecordTypes.Contact, RecordTypes.Deal, RecordTypes.Ticket],
        [RecordTypes.Deal] = [RecordTypes.Contact, RecordTypes.Company, RecordTypes.Ticket],
        [RecordTypes.Ticket] = [RecordTypes.Contact, RecordTypes.Company, RecordTypes.Deal],
    };

    /// <summary>Null where there is no such record of that type, or it was deleted.</summary>
    public static async Task<RecordDetails?> OfAsync(AppDb db, string type, long id, CancellationToken stop = default)
    {
        var record = await db
            .Records.AsNoTracking()
            .SingleOrDefaultAsync(r => r.Id == id && r.Type == type && !r.Archived, stop);
        if (record is null)
            return null;
        var related = new List<RelatedGroup>();
        foreach (var other in Beside.GetValueOrDefault(type, []))
            related.Add(await GroupAsync(db, id, other, stop));
        var users = await db
            .Users.Where(u => u.Active || u.Id == record.OwnerId)
            .OrderBy(u => u.Name)
            .Take(MostUsers)
            .ToDictionaryAsync(u => u.Id, u => u.Name, stop);
        return new RecordDetails(
            record,
            related.FirstOrDefault(g => g.Type == RecordTypes.Company)?.Records is [var company, ..]
                ? company.Record
                : null,
            users,
            TrackingEligibilityRule.Of(record, await db.ReadSettingsAsync(stop)),
            related
        );
    }

    static async Task<RelatedGroup> GroupAsync(AppDb db, long id, string type, CancellationToken stop)
    {
        var all =
            from link in db.Associations.AsNoTracking()
            join other in db.Records.AsNoTracking() on link.ToId equals other.Id
            where link.FromId == id && link.ToType == type && !other.Archived
            orderby link.Primary descending, other.Closed, other.LastActivityAt descending, other.Id descending
            select new { other, link.Primary };
        var first = await all.Take(ShownOfEach).ToListAsync(stop);
        var count = first.Count < ShownOfEach ? first.Count : await all.CountAsync(stop);
        return new RelatedGroup(type, [.. first.Select(f => new RelatedRecord(f.other, f.Primary))], count);
    }
}
