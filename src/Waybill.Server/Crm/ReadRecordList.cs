using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Waybill.Server.Identity;
using Waybill.Server.Settings;
using Waybill.Server.Storage;

namespace Waybill.Server.Crm;

public enum RecordOrder
{
    Name,
    LastActivity,
}

/// <summary>What a list asks for, read from the address of the page.</summary>
public sealed record RecordQuery(string Type)
{
    public const int PageSize = 50;

    /// <summary>Past this page a search is the better way; skipping costs the database more the further it goes.</summary>
    public const int LastPage = 100;

    const int LongestText = 100;

    public string Text { get; init; } = "";
    public RecordOrder Order { get; init; }

    /// <summary>From 1.</summary>
    public int Page { get; init; } = 1;

    public static RecordQuery From(string type, string? text, string? order, int? page)
    {
        text = text?.Trim() ?? "";
        return new RecordQuery(type)
        {
            Text = text.Length <= LongestText ? text : text[..LongestText],
            Order = order == "activity" ? RecordOrder.LastActivity : RecordOrder.Name,
            Page = Math.Clamp(page ?? 1, 1, LastPage),
        };
    }
}

/// <summary>One row, with what its columns show beside the record itself.</summary>
public sealed record RecordRow(Record Record, Record? Company, string? OwnerName, TrackingEligibility Tracking);

/// <summary>Count is how many match, counted up to <see cref="ReadRecordList.CountedUpTo"/>.</summary>
public sealed record RecordListPage(IReadOnlyList<RecordRow> Rows, int Count)
{
    public bool CountIsCapped => Count > ReadRecordList.CountedUpTo;
}

public static class ReadRecordList
{
    public const int CountedUpTo = 10_000;

    public static async Task<RecordListPage> PageAsync(AppDb db, RecordQuery query, CancellationToken stop = default)
    {
        var matching = Matching(db, query);
        var count = await matching.OrderBy(r => r.Name).Select(r => r.Id).Take(CountedUpTo + 1).CountAsync(stop);
        var ordered =
            query.Order == RecordOrder.Name
                ? matching.OrderBy(r => r.Name).ThenBy(r => r.Id)
                // Without the first step PostgreSQL puts what never had activity on top, SQLite at the end.
                : matching
                    .OrderByDescending(r => r.LastActivityAt != null)
                    .ThenByDescending(r => r.LastActivityAt)
                    .ThenByDescending(r => r.Id);
        var records = await ordered
            .Skip((query.Page - 1) * RecordQuery.PageSize)
            .Take(RecordQuery.PageSize)
            .ToListAsync(stop);
        return new RecordListPage(await WithColumnsAsync(db, records, stop), count);
    }

    static IQueryable<Record> Matching(AppDb db, RecordQuery query)
    {
        var records = db.Records.AsNoTracking().Where(r => r.Type == query.Type && !r.Archived);
        if (query.Text.Length == 0)
            return records;
        // Both databases' lower() folds ASCII letters only; the other forms find "Łukasz" for "łukasz".
        var asTyped = Pattern(query.Text);
        var lower = Pattern(query.Text.ToLowerInvariant());
        var capital = Pattern(CultureInfo.InvariantCulture.TextInfo.ToTitleCase(query.Text.ToLowerInvariant()));
        var addresses = db.ContactAddresses;
#pragma warning disable CA1304, CA1311 // runs in the database, which has no culture
        return records.Where(r =>
            EF.Functions.Like(r.Name.ToLower(), lower, "\\")
            || EF.Functions.Like(r.Name, asTyped, "\\")
            || EF.Functions.Like(r.Name, capital, "\\")
            || (r.Domain != null && EF.Functions.Like(r.Domain, lower, "\\"))
            || addresses.Any(a => a.ContactId == r.Id && EF.Functions.Like(a.Address, lower, "\\"))
        );
#pragma warning restore CA1304, CA1311
    }

    static string Pattern(string text) =>
        "%"
        + text.Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("%", "\\%", StringComparison.Ordinal)
            .Replace("_", "\\_", StringComparison.Ordinal)
        + "%";

    static async Task<List<RecordRow>> WithColumnsAsync(AppDb db, List<Record> records, CancellationToken stop)
    {
        var ids = records.Select(r => r.Id).ToList();
        var owners = records.Select(r => r.OwnerId).OfType<long>().Distinct().ToList();
        var names = await db.Users.Where(u => owners.Contains(u.Id)).ToDictionaryAsync(u => u.Id, u => u.Name, stop);
        var links = await (
            from link in db.Associations.AsNoTracking()
            join company in db.Records.AsNoTracking() on link.ToId equals company.Id
            where ids.Contains(link.FromId) && link.ToType == RecordTypes.Company && !company.Archived
            orderby link.Primary descending, company.Id
            select new { link.FromId, company }
        ).ToListAsync(stop);
        var companies = links.GroupBy(l => l.FromId).ToDictionary(g => g.Key, g => g.First().company);
        var settings = await db.ReadSettingsAsync(stop);
        return
        [
            .. records.Select(r => new RecordRow(
                r,
                companies.GetValueOrDefault(r.Id),
                r.OwnerId is { } owner ? names.GetValueOrDefault(owner) : null,
                TrackingEligibilityRule.Of(r, settings)
            )),
        ];
    }
}
