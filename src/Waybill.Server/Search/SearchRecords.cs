using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Waybill.Server.Crm;
using Waybill.Server.Kernel;
using Waybill.Server.Logging;
using Waybill.Server.Storage;
using Waybill.Server.Tracking;

namespace Waybill.Server.Search;

/// <summary>One thing that was found. <paramref name="Record"/> is null for mail, whose people and time stand in the other two.</summary>
public sealed record SearchHit(long Id, string Title, string Url, Record? Record, string People, DateTime? At);

/// <summary>What was found in one area, best first; <paramref name="More"/> when there is more than was asked for.</summary>
public sealed record SearchGroup(string Area, IReadOnlyList<SearchHit> Hits, bool More);

public static class SearchRecords
{
    public const int LongestText = 100;
    const int MostWords = 8;

    /// <summary>
    /// By the beginnings of words, whatever their case and diacritics. First who has exactly this address, then what is called so, then
    /// whose name begins so, then whatever has all the words, the newest first. Groups without a hit are left out.
    /// </summary>
    public static async Task<IReadOnlyList<SearchGroup>> FindAsync(
        AppDb db,
        long userId,
        string? text,
        int most,
        CancellationToken stop = default
    )
    {
        ArgumentNullException.ThrowIfNull(db);
        var asked = Cut(text);
        string[] words = [.. Folded.Split(asked).Distinct().Take(MostWords)];
        if (words.Length == 0)
            return [];
        var groups = new List<SearchGroup>();
        foreach (var area in SearchAreas.OfRecords)
        {
            var candidates = await CandidatesAsync(db, area, asked, words, most + 1, stop);
            long? first = area == RecordTypes.Contact ? await HolderOfAsync(db, asked, stop) : null;
            var ids = candidates.Select(c => c.RecordId!.Value);
            var hits = await RecordsAsync(db, area, first is { } holder ? ids.Prepend(holder) : ids, stop);
            Add(groups, area, hits, most);
        }
        var logged = await CandidatesAsync(db, SearchAreas.Mail, asked, words, most + 1, stop);
        var sent = await CandidatesAsync(db, SearchAreas.SentBy(userId), asked, words, most + 1, stop);
        var mails = await LoggedAsync(db, [.. logged.Select(c => c.RecordId!.Value)], stop);
        mails.AddRange(await SentAsync(db, userId, [.. sent.Select(c => c.TrackedEmailId!.Value)], stop));
        var key = Folded.Key(asked);
        Add(
            groups,
            SearchAreas.Mail,
            [.. mails.OrderBy(m => RankOf(Folded.Key(m.Title), key)).ThenByDescending(m => m.At)],
            most
        );
        return groups;
    }

    /// <summary>What is asked for: no more than anyone types.</summary>
    public static string Cut(string? text)
    {
        text = text?.Trim() ?? "";
        return text.Length <= LongestText ? text : text[..LongestText];
    }

    static void Add(List<SearchGroup> groups, string area, List<SearchHit> hits, int most)
    {
        if (hits.Count > 0)
            groups.Add(new SearchGroup(area, [.. hits.Take(most)], hits.Count > most));
    }

    static async Task<List<SearchCandidate>> CandidatesAsync(
        AppDb db,
        string area,
        string asked,
        string[] words,
        int most,
        CancellationToken stop
    )
    {
        var key = Folded.Key(asked);
        var beginning = await SearchSql.BeginningAsync(db, area, key, most, stop);
        // One letter is in nearly everything; then only the beginning of a name says something.
        var containing =
            words is [{ Length: 1 }] || beginning.Count >= most
                ? []
                : await SearchSql.ContainingAsync(db, area, words, most * 3, stop);
        return
        [
            .. beginning
                .Concat(containing)
                .DistinctBy(c => c.RecordId ?? c.TrackedEmailId)
                .OrderBy(c => RankOf(c.Key, key))
                .ThenByDescending(c => c.Words.Split(' ').Intersect(words).Count())
                .Take(most),
        ];
    }

    static int RankOf(string key, string asked) =>
        key == asked ? 0
        : key.StartsWith(asked, StringComparison.Ordinal) ? 1
        : 2;

    static async Task<long?> HolderOfAsync(AppDb db, string asked, CancellationToken stop) =>
        EmailAddress.TryParse(asked, out var address)
            ? (
                await db.ContactAddresses.AsNoTracking().SingleOrDefaultAsync(a => a.Address == address.Text, stop)
            )?.ContactId
            : null;

    static async Task<List<SearchHit>> RecordsAsync(
        AppDb db,
        string type,
        IEnumerable<long> ranked,
        CancellationToken stop
    )
    {
        long[] ids = [.. ranked.Distinct()];
        var records = await db
            .Records.AsNoTracking()
            .Where(r => ids.Contains(r.Id) && r.Type == type && !r.Archived)
            .ToDictionaryAsync(r => r.Id, stop);
        return
        [
            .. ids.Where(records.ContainsKey)
                .Select(id => records[id])
                .Select(r => new SearchHit(r.Id, r.Name, RecordPaths.To(r), r, "", null)),
        ];
    }

    static async Task<List<SearchHit>> LoggedAsync(AppDb db, List<long> ids, CancellationToken stop)
    {
        var mails = await (
            from mail in db.LoggedEmails.AsNoTracking()
            join record in db.Records on mail.RecordId equals record.Id
            where ids.Contains(mail.RecordId) && !record.Archived
            select new
            {
                mail.RecordId,
                mail.Subject,
                mail.From,
                mail.To,
                mail.SentAt,
            }
        ).ToListAsync(stop);
        return mails.ConvertAll(m => new SearchHit(
            m.RecordId,
            m.Subject,
            string.Create(CultureInfo.InvariantCulture, $"/mail/{m.RecordId}"),
            null,
            $"{NameOf(m.From)} → {string.Join(", ", m.To.Take(3).Select(NameOf))}",
            m.SentAt
        ));
    }

    static string NameOf(MailPerson person) => person.Name.Length > 0 ? person.Name : person.Address;

    /// <summary>Those with a logged copy are found as that.</summary>
    static async Task<List<SearchHit>> SentAsync(AppDb db, long userId, List<long> ids, CancellationToken stop)
    {
        var mails = await db
            .TrackedEmails.AsNoTracking()
            .Include(m => m.Recipients.OrderBy(r => r.Id).Take(3))
            .Where(m =>
                ids.Contains(m.Id) && m.UserId == userId && m.State == SendState.Sent && m.LoggedRecordId == null
            )
            .ToListAsync(stop);
        return mails.ConvertAll(m => new SearchHit(
            m.Id,
            m.Subject,
            string.Create(CultureInfo.InvariantCulture, $"/mail/sent/{m.Id}"),
            null,
            "→ " + string.Join(", ", m.Recipients.Select(r => r.Name.Length > 0 ? r.Name : r.Address)),
            m.SentAt
        ));
    }
}
