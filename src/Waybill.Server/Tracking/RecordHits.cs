using Microsoft.EntityFrameworkCore;
using Waybill.Server.Spool;
using Waybill.Server.Storage;
using Waybill.Server.Timeline;

namespace Waybill.Server.Tracking;

/// <summary>Spooled hits become rows with verdicts, one transaction a batch; whoever shows the mail hears of it after the commit.</summary>
public sealed class RecordHits(IDbContextFactory<AppDb> databases, Hints hints, TrackingMeter meter)
{
    public const string Lane = "hits";

    public async Task DrainAsync(IReadOnlyList<SpoolItem> items, CancellationToken stop)
    {
        var arrived = items.Select(i => HitEvidence.Read(i.Head.Span)).DistinctBy(h => h.Id).ToList();
        await using var db = await databases.CreateDbContextAsync(stop);
        await using var transaction = await db.Database.BeginTransactionAsync(stop);
        // A failure undoes the whole batch anyway; inside a savepoint SQLite keeps a statement journal (memjrnlTruncate: a tenth of the server's time).
        db.Database.AutoSavepointsEnabled = false;

        var fresh = await NotYetStoredAsync(db, arrived, stop);
        var mails = await MailsAsync(db, fresh, stop);
        var judged = await JudgeAsync(db, fresh, mails, stop);
        db.Hits.AddRange(judged.Select(j => j.Row));
        await db.SaveChangesAsync(stop);
        foreach (var ofMail in judged.GroupBy(j => j.Mail))
            await CountAsync(db, ofMail.Key, [.. ofMail], stop);
        var changed = await RecordsShowingAsync(db, [.. judged.Select(j => j.Mail).Distinct()], stop);

        await transaction.CommitAsync(stop);

        foreach (var (_, row, _) in judged)
            meter.Judged(row.Verdict);
        for (var gone = fresh.Count - judged.Count; gone > 0; gone--)
            meter.Dropped();
        await hints.PublishAsync([
            .. judged.Select(j => new MailChanged(j.Mail.UserId, j.Mail.Id, j.Row.Id)),
            .. changed.Select(id => new RecordChanged(id)),
        ]);
    }

    sealed record Judged(TrackedEmail Mail, Hit Row, Verdict Verdict);

    static async Task<List<HitEvidence>> NotYetStoredAsync(AppDb db, List<HitEvidence> arrived, CancellationToken stop)
    {
        var ids = arrived.ConvertAll(h => h.Id);
        var stored = await db
            .Hits.Where(h => EF.Parameter(ids).Contains(h.SpoolId))
            .Select(h => h.SpoolId)
            .ToHashSetAsync(stop);
        return arrived.FindAll(h => !stored.Contains(h.Id));
    }

    static async Task<Dictionary<long, TrackedEmail>> MailsAsync(
        AppDb db,
        List<HitEvidence> hits,
        CancellationToken stop
    )
    {
        var ids = hits.Select(h => h.MailId).Distinct().ToList();
        return await db
            .TrackedEmails.AsNoTracking()
            .Include(m => m.Recipients)
            .Where(m => EF.Parameter(ids).Contains(m.Id))
            .ToDictionaryAsync(m => m.Id, stop);
    }

    /// <summary>Hits on mails that are gone have no verdict and no row.</summary>
    static async Task<List<Judged>> JudgeAsync(
        AppDb db,
        List<HitEvidence> hits,
        Dictionary<long, TrackedEmail> mails,
        CancellationToken stop
    )
    {
        var settings = VerdictSettings.Default;
        var senders = mails.Values.Select(m => m.UserId).Distinct().ToList();
        var seen = (
            await db.SendersSeen.AsNoTracking().Where(s => EF.Parameter(senders).Contains(s.UserId)).ToListAsync(stop)
        ).ToLookup(s => s.UserId, s => s.Address);
        var recent = await RecentAsync(db, hits, settings.BurstWindow, stop);
        return
        [
            .. hits.Where(h => mails.TryGetValue(h.MailId, out var mail) && IsCleared(mail, h.Kind))
                .Select(hit =>
                {
                    var mail = mails[hit.MailId];
                    var facts = new MailFacts(seen[mail.UserId].ToHashSet());
                    var verdict = Verdict.Of(hit, facts, [.. recent[hit.MailId]], settings);
                    return new Judged(mail, Row(hit, mail, verdict), verdict);
                }),
        ];
    }

    /// <summary>
    /// A pixel may have been in the body already when the server, asked at send, refused tracking: its hits are not recorded.
    /// </summary>
    static bool IsCleared(TrackedEmail mail, HitKind kind) => kind == HitKind.Open ? mail.TrackOpens : mail.TrackClicks;

    /// <summary>Clicks on the same mails around these: those stored before and those that came along.</summary>
    static async Task<ILookup<long, RecentHit>> RecentAsync(
        AppDb db,
        List<HitEvidence> hits,
        TimeSpan window,
        CancellationToken stop
    )
    {
        var clicks = hits.FindAll(h => h.Kind == HitKind.Click);
        var around = clicks.ConvertAll(h => (h.MailId, Hit: new RecentHit(h.Kind, h.At, h.Link)));
        if (clicks.Count > 0)
        {
            var mails = clicks.Select(h => h.MailId).Distinct().ToList();
            var (from, to) = (clicks.Min(h => h.At) - window, clicks.Max(h => h.At) + window);
            var stored = await db
                .Hits.Where(h =>
                    EF.Parameter(mails).Contains(h.TrackedEmailId)
                    && h.At >= from
                    && h.At <= to
                    && h.Kind == HitKind.Click
                )
                .Select(h => new
                {
                    h.TrackedEmailId,
                    h.Kind,
                    h.At,
                    h.LinkNumber,
                })
                .ToListAsync(stop);
            around.AddRange(stored.Select(h => (h.TrackedEmailId, new RecentHit(h.Kind, h.At, h.LinkNumber))));
        }
        return around.ToLookup(a => a.MailId, a => a.Hit);
    }

    static Hit Row(HitEvidence hit, TrackedEmail mail, Verdict verdict) =>
        new()
        {
            SpoolId = hit.Id,
            TrackedEmailId = mail.Id,
            Kind = hit.Kind,
            At = hit.At,
            LinkNumber = hit.Link,
            RecipientId = mail.Recipients is [var only] ? only.Id : null,
            UserAgent = hit.UserAgent,
            Network = hit.Network,
            AddressClass = hit.Class,
            Address = hit.Address,
            Headers = hit.Headers,
            Verdict = verdict.Kind,
            Reasons = [.. verdict.Reasons],
            RulesVersion = verdict.RulesVersion,
        };

    /// <summary>Adds in the database: the pane may be writing to the same mail.</summary>
    static async Task CountAsync(AppDb db, TrackedEmail mail, List<Judged> hits, CancellationToken stop)
    {
        var counted = hits.FindAll(h => h.Verdict.Kind != VerdictKind.Machine);
        var opens = counted.Count(h => h.Row.Kind == HitKind.Open);
        var clicks = counted.Count - opens;
        var machine = hits.Count(h => h.Verdict.Kind == VerdictKind.Machine && !h.Verdict.IsOwnLook);
        var latest = counted.Select(h => h.Row.At).DefaultIfEmpty(DateTime.UnixEpoch).Max();
        // ExecuteUpdate builds and compares an expression tree each time, which takes longer than the update.
        await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE tracked_emails SET opens = opens + {opens}, clicks = clicks + {clicks}, machine_hits = machine_hits + {machine},
            last_event_at = CASE WHEN last_event_at < {latest} THEN {latest} ELSE last_event_at END WHERE id = {mail.Id}
            """,
            stop
        );

        // It left while we were away: someone else has it.
        var elsewhere = hits.FindAll(h => !h.Verdict.IsOwnLook);
        if (mail is { State: SendState.Draft, Track: true } && elsewhere.Count > 0)
        {
            var first = elsewhere.Min(h => h.Row.At);
            var left = first < mail.CreatedAt ? mail.CreatedAt : first;
            await db
                .TrackedEmails.Where(m => m.Id == mail.Id && m.State == SendState.Draft)
                .ExecuteUpdateAsync(
                    set =>
                        set.SetProperty(m => m.State, SendState.Sent)
                            .SetProperty(m => m.SentAt, m => m.SentAt ?? left)
                            .SetProperty(m => m.LastEventAt, m => m.LastEventAt < left ? left : m.LastEventAt),
                    stop
                );
        }
    }

    /// <summary>The contacts it went to, the logged copy, and the records on whose timelines the copy stands.</summary>
    static async Task<HashSet<long>> RecordsShowingAsync(AppDb db, List<TrackedEmail> mails, CancellationToken stop)
    {
        var logged = mails.Select(m => m.LoggedRecordId).OfType<long>().ToList();
        HashSet<long> records =
        [
            .. mails.SelectMany(m => m.Recipients).Select(r => r.ContactId).OfType<long>(),
            .. logged,
        ];
        if (logged.Count > 0)
            records.UnionWith(
                await db
                    .Timeline.Where(t => t.SubjectId != null && EF.Parameter(logged).Contains(t.SubjectId.Value))
                    .Select(t => t.RecordId)
                    .Distinct()
                    .ToListAsync(stop)
            );
        return records;
    }
}
