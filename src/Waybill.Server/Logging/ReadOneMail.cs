using Microsoft.EntityFrameworkCore;
using Waybill.Server.Crm;
using Waybill.Server.Storage;
using Waybill.Server.Tracking;

namespace Waybill.Server.Logging;

/// <summary>A mail on a page of its own. Hits are shown to its sender only.</summary>
public sealed record OneMail(
    long? RecordId,
    long? TrackedEmailId,
    string Subject,
    DateTime At,
    IReadOnlyList<MailPerson> To,
    bool Tracked,
    string? WhyNotTracked,
    MailHits? Hits,
    IReadOnlyList<Record> Records
);

public static class ReadOneMail
{
    /// <summary>A mail this user sent with the add-in; null when it is someone else's or has not left.</summary>
    public static async Task<OneMail?> SentAsync(AppDb db, long userId, long id, CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(db);
        var mail = await db
            .TrackedEmails.AsNoTracking()
            .Include(m => m.Recipients.OrderBy(r => r.Id))
            .SingleOrDefaultAsync(m => m.Id == id && m.UserId == userId && m.State == SendState.Sent, stop);
        if (mail is null)
            return null;
        var copy =
            mail.LoggedRecordId is { } logged && await db.Records.AnyAsync(r => r.Id == logged && !r.Archived, stop)
                ? logged
                : (long?)null;
        return new OneMail(
            copy,
            mail.Id,
            mail.Subject,
            mail.SentAt ?? mail.CreatedAt,
            [.. mail.Recipients.Select(r => new MailPerson(r.Name, r.Address))],
            mail is { Track: true, WhyNotTracked: null },
            mail.WhyNotTracked,
            await ReadMailHits.OfAsync(db, mail.Id, stop),
            copy is { } record ? await RecordsAsync(db, record, stop) : []
        );
    }

    /// <summary>A logged mail, which everyone may read; null when it was deleted.</summary>
    public static async Task<OneMail?> LoggedAsync(AppDb db, long userId, long id, CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(db);
        var mine = await db
            .TrackedEmails.Where(m => m.LoggedRecordId == id && m.UserId == userId && m.State == SendState.Sent)
            .Select(m => (long?)m.Id)
            .FirstOrDefaultAsync(stop);
        if (mine is { } sent && await SentAsync(db, userId, sent, stop) is { RecordId: not null } own)
            return own;
        var mail = await (
            from logged in db.LoggedEmails.AsNoTracking()
            join record in db.Records on logged.RecordId equals record.Id
            where logged.RecordId == id && !record.Archived
            select new
            {
                logged.Subject,
                logged.SentAt,
                logged.To,
            }
        ).SingleOrDefaultAsync(stop);
        return mail is null
            ? null
            : new OneMail(
                id,
                null,
                mail.Subject,
                mail.SentAt,
                mail.To,
                false,
                null,
                null,
                await RecordsAsync(db, id, stop)
            );
    }

    static Task<List<Record>> RecordsAsync(AppDb db, long recordId, CancellationToken stop) =>
        (
            from association in db.Associations
            join record in db.Records on association.ToId equals record.Id
            where
                association.FromId == recordId
                && !record.Archived
                && (
                    record.Type == RecordTypes.Contact
                    || record.Type == RecordTypes.Company
                    || record.Type == RecordTypes.Deal
                    || record.Type == RecordTypes.Ticket
                )
            orderby record.Type, record.Name, record.Id
            select record
        )
            .AsNoTracking()
            .Take(100)
            .ToListAsync(stop);
}
