using Microsoft.EntityFrameworkCore;
using Waybill.Server.Storage;
using Waybill.Server.Tracking;

namespace Waybill.Server.Logging;

public enum MyMailKind
{
    All,
    Tracked,
    Logged,
}

/// <summary>
/// A mail I sent with the add-in, or logged, or both: then it is one row. <paramref name="RecordId"/> is its logged copy,
/// <paramref name="TrackedEmailId"/> what was decided and came back.
/// </summary>
public sealed record MyMail(
    DateTime At,
    long? RecordId,
    long? TrackedEmailId,
    string Subject,
    IReadOnlyList<MailPerson> To,
    int ToCount,
    bool Tracked,
    int Opens,
    int Clicks,
    int Files
)
{
    /// <summary>Orders mails of one moment; no two rows share it.</summary>
    public string Key => TrackedEmailId is { } sent ? $"s{sent:d19}" : $"l{RecordId:d19}";
}

/// <summary>Where a page ended.</summary>
public sealed record MyMailCursor(DateTime At, string Key)
{
    public override string ToString() => $"{At.Ticks:x}-{Key}";

    /// <summary>Null when it is none of ours: then the first page is shown.</summary>
    public static MyMailCursor? Read(string? text) =>
        text?.Split('-') is [var ticks, ['s' or 'l', ..] key]
        && long.TryParse(ticks, System.Globalization.NumberStyles.AllowHexSpecifier, null, out var at)
        && at >= 0
        && at <= DateTime.MaxValue.Ticks
        && long.TryParse(key.AsSpan(1), System.Globalization.NumberStyles.None, null, out _)
            ? new MyMailCursor(new DateTime(at, DateTimeKind.Utc), key)
            : null;

    public long Id => long.Parse(Key.AsSpan(1), System.Globalization.CultureInfo.InvariantCulture);
    public bool Sent => Key[0] == 's';
}

/// <summary>Next is null when there is nothing older.</summary>
public sealed record MyMailSlice(IReadOnlyList<MyMail> Rows, MyMailCursor? Next);

public static class ReadMyMail
{
    public const int PageSize = 50;
    const int PeopleShown = 3;

    /// <summary>The newest first. Sent with the add-in, and logged without it, are two keyset scans that are merged.</summary>
    public static async Task<MyMailSlice> PageAsync(
        AppDb db,
        long userId,
        MyMailKind kind,
        MyMailCursor? after = null,
        CancellationToken stop = default
    )
    {
        ArgumentNullException.ThrowIfNull(db);
        var sent = await SentAsync(db, userId, kind, after, stop);
        var logged = kind == MyMailKind.Tracked ? [] : await LoggedAsync(db, userId, after, stop);
        List<MyMail> rows =
        [
            .. sent.Concat(logged)
                .OrderByDescending(m => m.At)
                .ThenByDescending(m => m.Key, StringComparer.Ordinal)
                .Take(PageSize + 1),
        ];
        return rows.Count > PageSize
            ? new MyMailSlice(rows[..PageSize], new MyMailCursor(rows[PageSize - 1].At, rows[PageSize - 1].Key))
            : new MyMailSlice(rows, null);
    }

    static async Task<List<MyMail>> SentAsync(
        AppDb db,
        long userId,
        MyMailKind kind,
        MyMailCursor? after,
        CancellationToken stop
    )
    {
        var mails = db
            .TrackedEmails.AsNoTracking()
            .Where(m => m.UserId == userId && m.State == SendState.Sent && m.SentAt != null);
        mails = kind switch
        {
            MyMailKind.Tracked => mails.Where(m => m.Track && m.WhyNotTracked == null),
            MyMailKind.Logged => mails.Where(m =>
                m.LoggedRecordId != null && db.Set<Crm.Record>().Any(r => r.Id == m.LoggedRecordId && !r.Archived)
            ),
            _ => mails,
        };
        // 's' comes after 'l', so at one moment all sent mail stands before what was only logged.
        if (after is { Sent: true })
            mails = mails.Where(m => m.SentAt < after.At || (m.SentAt == after.At && m.Id < after.Id));
        else if (after is not null)
            mails = mails.Where(m => m.SentAt < after.At);
        var rows = await mails
            .OrderByDescending(m => m.SentAt)
            .ThenByDescending(m => m.Id)
            .Take(PageSize + 1)
            .Include(m => m.Recipients.OrderBy(r => r.Id))
            .ToListAsync(stop);
        var copies = rows.Select(m => m.LoggedRecordId).OfType<long>().ToList();
        var there = await db.Set<Crm.Record>()
            .Where(r => copies.Contains(r.Id) && !r.Archived)
            .Select(r => r.Id)
            .ToHashSetAsync(stop);
        var files = await FilesAsync(db, copies, stop);
        return rows.ConvertAll(m => new MyMail(
            m.SentAt!.Value,
            m.LoggedRecordId is { } id && there.Contains(id) ? id : null,
            m.Id,
            m.Subject,
            [.. m.Recipients.Take(PeopleShown).Select(r => new MailPerson(r.Name, r.Address))],
            m.Recipients.Count,
            m is { Track: true, WhyNotTracked: null },
            m.Opens,
            m.Clicks,
            files.GetValueOrDefault(m.LoggedRecordId ?? 0)
        ));
    }

    static async Task<List<MyMail>> LoggedAsync(AppDb db, long userId, MyMailCursor? after, CancellationToken stop)
    {
        var mails =
            from mail in db.LoggedEmails.AsNoTracking()
            join record in db.Set<Crm.Record>() on mail.RecordId equals record.Id
            where
                mail.LoggedById == userId
                && !record.Archived
                && !db.Set<TrackedEmail>()
                    .Any(t => t.LoggedRecordId == mail.RecordId && t.UserId == userId && t.State == SendState.Sent)
            select mail;
        if (after is { Sent: false })
            mails = mails.Where(m => m.SentAt < after.At || (m.SentAt == after.At && m.RecordId < after.Id));
        else if (after is not null)
            mails = mails.Where(m => m.SentAt <= after.At);
        var rows = await mails
            .OrderByDescending(m => m.SentAt)
            .ThenByDescending(m => m.RecordId)
            .Take(PageSize + 1)
            .Select(m => new
            {
                m.RecordId,
                m.SentAt,
                m.Subject,
                m.To,
                m.Cc,
            })
            .ToListAsync(stop);
        var files = await FilesAsync(db, rows.ConvertAll(r => r.RecordId), stop);
        return rows.ConvertAll(m => new MyMail(
            m.SentAt,
            m.RecordId,
            null,
            m.Subject,
            [.. m.To.Concat(m.Cc).Take(PeopleShown)],
            m.To.Count + m.Cc.Count,
            Tracked: false,
            0,
            0,
            files.GetValueOrDefault(m.RecordId)
        ));
    }

    static Task<Dictionary<long, int>> FilesAsync(AppDb db, List<long> records, CancellationToken stop) =>
        db
            .Attachments.Where(a => records.Contains(a.EmailId) && !a.Inline)
            .GroupBy(a => a.EmailId)
            .Select(g => new { g.Key, Count = g.Count() })
            .ToDictionaryAsync(g => g.Key, g => g.Count, stop);
}
