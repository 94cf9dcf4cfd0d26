using Microsoft.EntityFrameworkCore;
using Waybill.Server.Storage;
using Waybill.Server.Tracking;
using Waybill.Server.Ui;

namespace Waybill.Server.Feed;

/// <summary>One line under the bell: who did what, when. Of several recipients <paramref name="Who"/> is null.</summary>
public sealed record BellLine(
    long HitId,
    FeedRow Mail,
    string? Who,
    bool Click,
    HowSure Sure,
    DateTime At,
    bool Unread
);

/// <summary>Newest first. <paramref name="Unread"/> is counted up to <see cref="ReadNotices.CountedUpTo"/>.</summary>
public sealed record BellLines(IReadOnlyList<BellLine> Lines, int Unread, bool Muted)
{
    /// <summary>What marking all as read reaches to: nothing that comes later.</summary>
    public long UpTo => Lines.Count == 0 ? 0 : Lines.Max(l => l.HitId);
}

public static class ReadNotices
{
    public const int CountedUpTo = 100;
    const int Shown = 20;
    const int MailsLookedAt = 200;

    /// <summary>A hit that waited in the spool this long is still counted.</summary>
    static readonly TimeSpan Late = TimeSpan.FromDays(1);

    public static async Task<int> CountAsync(AppDb db, long userId, CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(db);
        return await UnreadAsync(db, await db.ReaderAsync(userId, stop), stop);
    }

    public static async Task<BellLines> ReadAsync(AppDb db, long userId, CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(db);
        var reader = await db.ReaderAsync(userId, stop);
        var hits = await Told(db, Mails(db, userId, DateTime.UnixEpoch))
            .AsNoTracking()
            .OrderByDescending(h => h.At)
            .ThenByDescending(h => h.Id)
            .Take(Shown)
            .ToListAsync(stop);
        var mails = await ReadFeed.RowsAsync(db, userId, [.. hits.Select(h => h.TrackedEmailId).Distinct()], stop);
        var unread = await UnreadAsync(db, reader, stop);
        return new BellLines(
            [
                .. hits.Where(h => mails.ContainsKey(h.TrackedEmailId))
                    .Select(h => new BellLine(
                        h.Id,
                        mails[h.TrackedEmailId],
                        mails[h.TrackedEmailId].OnlyPerson?.Name,
                        h.Kind is HitKind.Click,
                        VerdictWords.Sure(h.Verdict),
                        h.At,
                        h.Id > reader.ReadTo
                    )),
            ],
            unread,
            reader.Muted
        );
    }

    /// <summary>Up to this hit everything is read; never beyond what has happened, and never back.</summary>
    public static async Task MarkReadAsync(
        AppDb db,
        long userId,
        long upTo,
        DateTime now,
        CancellationToken stop = default
    )
    {
        ArgumentNullException.ThrowIfNull(db);
        var newest = await db.Hits.MaxAsync(h => (long?)h.Id, stop) ?? 0;
        await db.ChangeReaderAsync(
            userId,
            reader =>
            {
                reader.ReadTo = Math.Max(reader.ReadTo, Math.Min(upTo, newest));
                reader.ReadAt = now;
            },
            stop
        );
    }

    static Task<int> UnreadAsync(AppDb db, FeedReader reader, CancellationToken stop)
    {
        var since = reader.ReadAt > DateTime.UnixEpoch ? reader.ReadAt - Late : DateTime.UnixEpoch;
        return Told(db, Mails(db, reader.UserId, since))
            .Where(h => h.Id > reader.ReadTo)
            .OrderBy(h => h.Id)
            .Select(h => h.Id)
            .Take(CountedUpTo)
            .CountAsync(stop);
    }

    static IQueryable<long> Mails(AppDb db, long userId, DateTime since) =>
        db
            .TrackedEmails.Where(m =>
                m.UserId == userId && m.State == SendState.Sent && m.LastEventAt >= since && m.Opens + m.Clicks > 0
            )
            .OrderByDescending(m => m.LastEventAt)
            .ThenByDescending(m => m.Id)
            .Select(m => m.Id)
            .Take(MailsLookedAt);

    static IQueryable<Hit> Told(AppDb db, IQueryable<long> mails) =>
        db.Hits.Where(h => mails.Contains(h.TrackedEmailId) && h.Verdict != VerdictKind.Machine);
}
