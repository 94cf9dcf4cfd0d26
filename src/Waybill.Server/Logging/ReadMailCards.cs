using Microsoft.EntityFrameworkCore;
using Waybill.Server.Crm;
using Waybill.Server.Identity;
using Waybill.Server.Kernel;
using Waybill.Server.Storage;
using Waybill.Server.Timeline;
using Waybill.Server.Tracking;

namespace Waybill.Server.Logging;

public sealed record MailFile(long Id, string Name, long Size);

/// <summary>What a mail shows on a timeline before anyone unfolds it.</summary>
public sealed record MailCardContent
{
    public required long RecordId { get; init; }
    public required string MessageId { get; init; }
    public required string Subject { get; init; }
    public required MailPerson From { get; init; }
    public required IReadOnlyList<MailPerson> To { get; init; }
    public required IReadOnlyList<MailPerson> Cc { get; init; }
    public required DateTime SentAt { get; init; }
    public required DateTime ReceivedAt { get; init; }
    public required string Preview { get; init; }

    /// <summary>bcc or forward.</summary>
    public required string Via { get; init; }

    public required string? LoggedBy { get; init; }
    public required IReadOnlyList<MailFile> Files { get; init; }

    /// <summary>Attachments over the cap, by name.</summary>
    public required IReadOnlyList<string> LeftOut { get; init; }

    /// <summary>Null when it was not composed with the add-in.</summary>
    public required MailTracking? Tracking { get; init; }
}

/// <summary>What came back of a mail, in sum. Opens and clicks are those by a person or of unknowable origin.</summary>
public sealed record MailTracking(long TrackedEmailId)
{
    public required bool Tracked { get; init; }
    public string? WhyNot { get; init; }
    public int Opens { get; init; }
    public DateTime? LastOpenAt { get; init; }
    public int Clicks { get; init; }

    /// <summary>The words or the address of the link followed last.</summary>
    public string? LastClicked { get; init; }

    public int LinksClicked { get; init; }
    public int AutomaticOpens { get; init; }
    public int AutomaticClicks { get; init; }

    /// <summary>The strongest rule of the newest automatic visit.</summary>
    public string? AutomaticReason { get; init; }

    /// <summary>At least one was a person for sure.</summary>
    public bool ByPerson { get; init; }

    public bool HasHits => Opens + Clicks + AutomaticOpens + AutomaticClicks > 0;
}

public static class ReadMailCards
{
    /// <summary>By entry id; an entry whose mail is gone is absent.</summary>
    public static async Task<IReadOnlyDictionary<long, object>> OfAsync(
        AppDb db,
        IReadOnlyList<TimelineEntry> entries,
        CancellationToken stop = default
    )
    {
        var ids = entries.Select(e => e.SubjectId).OfType<long>().Distinct().ToList();
        var mails = await (
            from mail in db.LoggedEmails.AsNoTracking()
            join record in db.Records.AsNoTracking() on mail.RecordId equals record.Id
            where ids.Contains(mail.RecordId) && !record.Archived
            // Not the bodies: they are long, and few are unfolded.
            select new
            {
                mail.RecordId,
                mail.MessageId,
                mail.Subject,
                mail.From,
                mail.To,
                mail.Cc,
                mail.SentAt,
                mail.ReceivedAt,
                mail.Preview,
                mail.Via,
                mail.LoggedById,
                mail.LeftOut,
                mail.TrackedEmailId,
            }
        ).ToListAsync(stop);
        var files = (
            await db
                .Attachments.AsNoTracking()
                .Where(a => ids.Contains(a.EmailId) && !a.Inline)
                .OrderBy(a => a.Id)
                .ToListAsync(stop)
        ).ToLookup(a => a.EmailId, a => new MailFile(a.Id, a.FileName, a.Size));
        var users = mails.Select(m => m.LoggedById).Distinct().ToList();
        var names = await db.Users.Where(u => users.Contains(u.Id)).ToDictionaryAsync(u => u.Id, u => u.Name, stop);
        var tracking = await TrackingAsync(db, ids, [.. mails.Select(m => m.TrackedEmailId).OfType<long>()], stop);
        var contacts = await ContactNamesAsync(db, [.. mails.SelectMany(m => m.To.Concat(m.Cc))], stop);
        List<MailPerson> Named(List<MailPerson> people) =>
            people.ConvertAll(p =>
                p.Name.Length == 0 && contacts.TryGetValue(p.Address, out var name) ? p with { Name = name } : p
            );
        var cards = mails.ToDictionary(
            m => m.RecordId,
            m => new MailCardContent
            {
                RecordId = m.RecordId,
                MessageId = m.MessageId,
                Subject = m.Subject,
                From = m.From,
                To = Named(m.To),
                Cc = Named(m.Cc),
                SentAt = m.SentAt,
                ReceivedAt = m.ReceivedAt,
                Preview = m.Preview,
                Via = m.Via,
                LoggedBy = names.GetValueOrDefault(m.LoggedById),
                Files = [.. files[m.RecordId]],
                LeftOut = m.LeftOut,
                Tracking = tracking
                    .Find(t => t.Id == m.TrackedEmailId || (m.TrackedEmailId is null && t.LoggedRecordId == m.RecordId))
                    ?.Sum,
            }
        );
        return entries
            .Where(e => e.SubjectId is { } id && cards.ContainsKey(id))
            .ToDictionary(e => e.Id, object (e) => cards[e.SubjectId!.Value]);
    }

    /// <summary>Outlook often sends the bare address; the contact it belongs to has a name.</summary>
    static async Task<Dictionary<string, string>> ContactNamesAsync(
        AppDb db,
        List<MailPerson> people,
        CancellationToken stop
    )
    {
        var addresses = people
            .Where(p => p.Name.Length == 0)
            .Select(p => EmailAddress.TryParse(p.Address, out var address) ? address : default)
            .Where(a => a != default)
            .ToHashSet();
        var contacts = await MatchContacts.ByAddressAsync(db, addresses, stop);
        return contacts.ToDictionary(c => c.Key.Text, c => c.Value.Name, StringComparer.OrdinalIgnoreCase);
    }

    sealed record Tracked(long Id, long? LoggedRecordId, MailTracking Sum);

    static async Task<List<Tracked>> TrackingAsync(
        AppDb db,
        List<long> records,
        List<long> trackedIds,
        CancellationToken stop
    )
    {
        var tracked = await db
            .TrackedEmails.AsNoTracking()
            .Include(t => t.Links)
            .Where(t =>
                trackedIds.Contains(t.Id) || (t.LoggedRecordId != null && records.Contains(t.LoggedRecordId.Value))
            )
            .ToListAsync(stop);
        var ids = tracked.Select(t => t.Id).ToList();
        var sums = (
            await db
                .Hits.Where(h => ids.Contains(h.TrackedEmailId))
                .GroupBy(h => new
                {
                    h.TrackedEmailId,
                    h.Kind,
                    h.Verdict,
                    h.LinkNumber,
                })
                .Select(g => new
                {
                    g.Key,
                    Count = g.Count(),
                    Last = g.Max(h => h.At),
                    Newest = g.Max(h => h.Id),
                })
                .ToListAsync(stop)
        ).ToLookup(s => s.Key.TrackedEmailId);
        var newest = sums.Select(mail =>
                mail.Where(s => s.Key.Verdict == VerdictKind.Machine).Max(s => (long?)s.Newest)
            )
            .OfType<long>()
            .ToArray();
        var reasons = await db
            .Hits.AsNoTracking()
            .Where(h => newest.Contains(h.Id))
            .ToDictionaryAsync(h => h.TrackedEmailId, h => h.Reasons, stop);
        return [.. tracked.Select(t => new Tracked(t.Id, t.LoggedRecordId, SumOf(t)))];

        MailTracking SumOf(TrackedEmail mail)
        {
            var counted = sums[mail.Id].Where(s => s.Key.Verdict != VerdictKind.Machine).ToList();
            var opens = counted.Where(s => s.Key.Kind == HitKind.Open).ToList();
            var clicks = counted.Where(s => s.Key.Kind == HitKind.Click).OrderByDescending(s => s.Last).ToList();
            var link = clicks.Count > 0 ? mail.Links.Find(l => l.Number == clicks[0].Key.LinkNumber) : null;
            return new MailTracking(mail.Id)
            {
                Tracked = mail.Track,
                WhyNot = mail.WhyNotTracked,
                Opens = opens.Sum(o => o.Count),
                LastOpenAt = opens.Count > 0 ? opens.Max(o => DateTime.SpecifyKind(o.Last, DateTimeKind.Utc)) : null,
                Clicks = clicks.Sum(c => c.Count),
                LastClicked = link is null ? null : LinkWords.Of(link),
                LinksClicked = clicks.Select(c => c.Key.LinkNumber).Distinct().Count(),
                AutomaticOpens = Automatic(mail, HitKind.Open),
                AutomaticClicks = Automatic(mail, HitKind.Click),
                AutomaticReason = reasons.GetValueOrDefault(mail.Id)?.FirstOrDefault(),
                ByPerson = counted.Any(s => s.Key.Verdict == VerdictKind.Human),
            };
        }

        int Automatic(TrackedEmail mail, HitKind kind) =>
            sums[mail.Id].Where(s => s.Key.Verdict == VerdictKind.Machine && s.Key.Kind == kind).Sum(s => s.Count);
    }
}

public static class LinkWords
{
    const int Longest = 60;

    /// <summary>What a reader calls a link: its words, else the host and path it leads to.</summary>
    public static string Of(TrackedLink link)
    {
        var words = Mail.PlainText.OneLine(link.Text, Longest);
        return words.Length > 0 ? words
            : Uri.TryCreate(link.Url, UriKind.Absolute, out var url)
                ? Mail.PlainText.OneLine(url.Host + url.AbsolutePath.TrimEnd('/'), Longest)
            : Mail.PlainText.OneLine(link.Url, Longest);
    }
}
