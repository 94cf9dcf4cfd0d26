using Microsoft.EntityFrameworkCore;
using Waybill.Server.Identity;
using Waybill.Server.Storage;
using Waybill.Server.Timeline;
using Waybill.Server.Tracking;
using Waybill.Server.Ui;

namespace Waybill.Server.Feed;

/// <summary>An open, or a click on <c>Link</c>: the words it stood under, else its address.</summary>
public sealed record FeedHit(DateTime At, bool Click, string? Link, HowSure Sure, IReadOnlyList<string> Reasons);

/// <summary>A line of the contact's history: <c>Kind</c> is one of <see cref="TimelineKinds"/>, <c>Text</c> a subject or the words of a note.</summary>
public sealed record HistoryLine(DateTime At, string Kind, string Text, string? Actor);

/// <summary>
/// What unfolds under a name: every open and click, and what else happened with this contact. Lists are newest first; <c>Hits</c> are
/// those of a person or unknowable, <c>LeftOut</c> counts older ones that are not listed.
/// </summary>
public sealed record MailHistory(
    IReadOnlyList<FeedHit> Hits,
    IReadOnlyList<FeedHit> Automatic,
    int LeftOut,
    IReadOnlyList<HistoryLine> Contact
);

public static class ReadMailHistory
{
    const int HitsShown = 100;
    const int LinesShown = 6;

    /// <summary>Null when the mail is not this user's.</summary>
    public static async Task<MailHistory?> ReadAsync(
        AppDb db,
        long userId,
        long mailId,
        CancellationToken stop = default
    )
    {
        ArgumentNullException.ThrowIfNull(db);
        var mail = await db
            .TrackedEmails.AsNoTracking()
            .Include(m => m.Links)
            .Include(m => m.Recipients.OrderBy(r => r.Id).Take(2))
            .SingleOrDefaultAsync(m => m.Id == mailId && m.UserId == userId, stop);
        if (mail is null)
            return null;
        var (people, leftOutPeople) = await HitsAsync(db, mail, machine: false, stop);
        var (automatic, leftOutAutomatic) = await HitsAsync(db, mail, machine: true, stop);
        var contact = mail.Recipients is [{ ContactId: { } id }] ? await ContactAsync(db, id, stop) : [];
        return new MailHistory(people, automatic, leftOutPeople + leftOutAutomatic, contact);
    }

    static async Task<(List<FeedHit> Hits, int LeftOut)> HitsAsync(
        AppDb db,
        TrackedEmail mail,
        bool machine,
        CancellationToken stop
    )
    {
        var query = db.Hits.Where(h => h.TrackedEmailId == mail.Id && (h.Verdict == VerdictKind.Machine) == machine);
        var hits = await query
            .AsNoTracking()
            .OrderByDescending(h => h.At)
            .ThenByDescending(h => h.Id)
            .Take(HitsShown)
            .ToListAsync(stop);
        var leftOut = hits.Count < HitsShown ? 0 : await query.CountAsync(stop) - HitsShown;
        return (hits.ConvertAll(h => Told(h, mail)), leftOut);
    }

    static FeedHit Told(Hit hit, TrackedEmail mail)
    {
        var link = hit.Kind is HitKind.Click ? mail.Links.Find(l => l.Number == hit.LinkNumber) : null;
        var words =
            link is null ? null
            : string.IsNullOrWhiteSpace(link.Text) ? link.Url
            : link.Text;
        return new FeedHit(hit.At, hit.Kind is HitKind.Click, words, VerdictWords.Sure(hit.Verdict), hit.Reasons);
    }

    static async Task<List<HistoryLine>> ContactAsync(AppDb db, long contactId, CancellationToken stop)
    {
        var lines = await (
            from entry in db.Timeline
            where entry.RecordId == contactId
            join subject in db.Set<Crm.Record>() on entry.SubjectId equals subject.Id into subjects
            from subject in subjects.DefaultIfEmpty()
            join actor in db.Users on entry.ActorId equals actor.Id into actors
            from actor in actors.DefaultIfEmpty()
            where subject == null || !subject.Archived
            orderby entry.At descending, entry.Id descending
            select new
            {
                entry.At,
                entry.Kind,
                Subject = subject == null ? null : subject.Name,
                entry.Text,
                Actor = actor == null ? null : actor.Name,
            }
        )
            .Take(LinesShown)
            .ToListAsync(stop);
        return lines.ConvertAll(l => new HistoryLine(l.At, l.Kind, l.Subject ?? l.Text ?? "", l.Actor));
    }
}
