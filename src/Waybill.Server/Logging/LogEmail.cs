using Microsoft.EntityFrameworkCore;
using Waybill.Mail;
using Waybill.Server.Crm;
using Waybill.Server.Identity;
using Waybill.Server.Kernel;
using Waybill.Server.Settings;
using Waybill.Server.Storage;
using Waybill.Server.Timeline;
using Waybill.Server.Tracking;

namespace Waybill.Server.Logging;

/// <summary>Why a mail to a logging address was not logged. Each has a sentence in <see cref="NotLoggedWords"/>.</summary>
public enum WhyNotLogged
{
    Unreadable,
    UnknownSender,
    SenderIsInactive,
    SenderMayOnlyRead,
    BodyTooLarge,
    NoRecipients,
    OnlyColleagues,
    OnlyUnknownContacts,
}

public abstract record LogOutcome
{
    public sealed record Logged(long RecordId) : LogOutcome;

    /// <summary>The same Message-ID is on the timelines already.</summary>
    public sealed record AlreadyLogged(long RecordId) : LogOutcome;

    public sealed record Not(WhyNotLogged Why) : LogOutcome;
}

/// <summary>
/// From raw bytes to timelines, step by step; each refusal has a name. Called at least once a mail: every step that writes is in one
/// transaction, and the Message-ID decides whether there is anything left to do.
/// </summary>
public sealed class LogEmail(
    IDbContextFactory<AppDb> database,
    Blobs blobs,
    MailTickets tickets,
    WaybillOptions options,
    Hints hints,
    TimeProvider clock,
    ILogger<LogEmail> log
)
{
    /// <summary>S-073: decoded bytes; a larger attachment is left out and named, the mail is still logged.</summary>
    public const long LargestAttachment = 50L * 1024 * 1024;

    public async Task<LogOutcome> FromBccAsync(SpooledMail spooled, CancellationToken stop)
    {
        await using var db = await database.CreateDbContextAsync(stop);
        await using var raw = spooled.Open();

        ReadMail mail;
        try
        {
            mail = MailReader.Read(raw, MailLimits.Default);
        }
        catch (MailUnreadableException)
        {
            return await NotLoggedAsync(db, spooled, null, null, WhyNotLogged.Unreadable, stop);
        }

        var (user, whyNot) = await WhoLogsAsync(db, mail, stop);
        if (whyNot is { } reason)
            return await NotLoggedAsync(db, spooled, mail, user, reason, stop);
        if (mail.BodyTooLarge)
            return await NotLoggedAsync(db, spooled, mail, user, WhyNotLogged.BodyTooLarge, stop);

        if (await db.LoggedEmails.FirstOrDefaultAsync(e => e.MessageId == mail.MessageId, stop) is { } already)
            return new LogOutcome.AlreadyLogged(already.RecordId);

        var tracked = await TrackedCopyAsync(db, mail, user!, stop);
        var recipients = Recipients(mail, tracked);
        if (recipients.Count == 0)
            return await NotLoggedAsync(db, spooled, mail, user, WhyNotLogged.NoRecipients, stop);
        var settings = await db.ReadSettingsAsync(stop);
        recipients.RemoveAll(r => settings.OwnDomains.Contains(r.Address.Domain));
        if (recipients.Count == 0)
            return await NotLoggedAsync(db, spooled, mail, user, WhyNotLogged.OnlyColleagues, stop);

        var contacts = await MatchContacts.ByAddressAsync(db, [.. recipients.Select(r => r.Address)], stop);
        if (contacts.Count == 0 && !settings.CreateContacts)
            return await NotLoggedAsync(db, spooled, mail, user, WhyNotLogged.OnlyUnknownContacts, stop);

        var rawBlob = await PutRawAsync(spooled, stop);
        var (attachments, leftOut) = await PutAttachmentsAsync(mail, stop);

        await using var transaction = await db.Database.BeginTransactionAsync(stop);
        var now = clock.GetUtcNow().UtcDateTime;
        if (settings.CreateContacts)
            await AddMissingContactsAsync(db, contacts, recipients, user!, now, stop);
        var targets = tracked is null
            ? await WhereMailBelongs.ByBccAsync(db, [.. contacts.Values], stop)
            : await WhereMailBelongs.ByAddInAsync(db, [.. contacts.Values], settings.DefaultAssociations, stop);

        var sentAt = BelievableDate(mail.Date, spooled.Envelope.ReceivedAt);
        var record = await AddRecordAsync(db, mail, user!, sentAt, now, stop);
        var email = new LoggedEmail
        {
            RecordId = record.Id,
            MessageId = mail.MessageId,
            ThreadId = await FindThread.OfAsync(db, mail, stop),
            From = new MailPerson(mail.From!.Name, mail.From.Address),
            To = [.. mail.To.Select(p => new MailPerson(p.Name, p.Address))],
            Cc = [.. mail.Cc.Select(p => new MailPerson(p.Name, p.Address))],
            Subject = mail.Subject,
            SentAt = sentAt,
            ReceivedAt = spooled.Envelope.ReceivedAt,
            Html = mail.Html,
            Text = mail.Text,
            Preview = mail.Preview,
            RawBlob = rawBlob,
            LoggedById = user!.Id,
            Via = tracked is null ? "bcc" : "add-in",
            TrackedEmailId = tracked?.Id,
            LeftOut = leftOut,
        };
        email.Attachments.AddRange(attachments);
        db.LoggedEmails.Add(email);
        foreach (var (target, _) in targets)
            await PutOnTimelineAsync(db, record, target, user, sentAt, stop);
        if (tracked is not null)
            JoinTracked(tracked, record, contacts, sentAt);
        await db.SaveChangesAsync(stop);
        await transaction.CommitAsync(stop);

        await hints.PublishAsync([.. targets.Select(t => new RecordChanged(t.Record.Id))]);
        if (tracked is not null)
            await hints.PublishAsync(new MailChanged(user.Id, tracked.Id, null));
        log.LogInformation("Logged mail {RecordId} on {Targets} timelines", record.Id, targets.Count);
        return new LogOutcome.Logged(record.Id);
    }

    /// <summary>S-070: From is a user's own address or an alias of theirs, they are active and may write.</summary>
    static async Task<(User? User, WhyNotLogged? WhyNot)> WhoLogsAsync(AppDb db, ReadMail mail, CancellationToken stop)
    {
        if (!EmailAddress.TryParse(mail.From?.Address, out var from))
            return (null, WhyNotLogged.UnknownSender);
        var user = await FindUser.BySendingAddressAsync(db, from, stop);
        return user switch
        {
            null => (null, WhyNotLogged.UnknownSender),
            { Active: false } => (user, WhyNotLogged.SenderIsInactive),
            { ViewOnly: true } => (user, WhyNotLogged.SenderMayOnlyRead),
            _ => (user, null),
        };
    }

    /// <summary>The add-in's ticket in the header joins this copy to the mail it prepared; another user's ticket is no ticket.</summary>
    async Task<TrackedEmail?> TrackedCopyAsync(AppDb db, ReadMail mail, User user, CancellationToken stop)
    {
        if (!tickets.TryRead(mail.Header(MailTickets.Header), out var ticket) || ticket.UserId != user.Id)
            return null;
        return await db
            .TrackedEmails.Include(e => e.Recipients)
            .FirstOrDefaultAsync(e => e.Id == ticket.MailId && e.UserId == user.Id, stop);
    }

    /// <summary>To and Cc of the mail, and the Bcc ones the add-in told us of; our own logging addresses never count.</summary>
    List<Recipient> Recipients(ReadMail mail, TrackedEmail? tracked) =>
        mail
            .To.Concat(mail.Cc)
            .Select(p => (p.Name, p.Address))
            .Concat(tracked?.Recipients.Select(r => (r.Name, r.Address)) ?? [])
            .Select(p => EmailAddress.TryParse(p.Address, out var address) ? new Recipient(p.Name, address) : null)
            .OfType<Recipient>()
            .Where(r => !options.IsLoggingAddress(r.Address))
            .DistinctBy(r => r.Address)
            .ToList();

    sealed record Recipient(string Name, EmailAddress Address);

    async Task<string> PutRawAsync(SpooledMail spooled, CancellationToken stop)
    {
        await using var raw = spooled.Open();
        return await blobs.PutAsync(raw, stop);
    }

    async Task<(List<Attachment> Kept, List<string> LeftOut)> PutAttachmentsAsync(ReadMail mail, CancellationToken stop)
    {
        var kept = new List<Attachment>();
        var leftOut = new List<string>();
        foreach (var attachment in mail.Attachments)
        {
            if (attachment.Size > LargestAttachment)
            {
                leftOut.Add(attachment.FileName);
                continue;
            }
            await using var content = attachment.OpenRead();
            kept.Add(
                new Attachment
                {
                    FileName = attachment.FileName,
                    ContentType = attachment.ContentType,
                    Size = attachment.Size,
                    Blob = await blobs.PutAsync(content, stop),
                    ContentId = attachment.ContentId,
                    Inline = attachment.IsInline,
                }
            );
        }
        return (kept, leftOut);
    }

    static async Task AddMissingContactsAsync(
        AppDb db,
        Dictionary<EmailAddress, Record> contacts,
        List<Recipient> recipients,
        User user,
        DateTime now,
        CancellationToken stop
    )
    {
        foreach (var recipient in recipients.Where(r => !contacts.ContainsKey(r.Address)))
            contacts[recipient.Address] = await CreateContact.FromMailAsync(
                db,
                recipient.Address,
                recipient.Name,
                user.Id,
                now,
                stop
            );
    }

    static async Task<Record> AddRecordAsync(
        AppDb db,
        ReadMail mail,
        User user,
        DateTime sentAt,
        DateTime now,
        CancellationToken stop
    )
    {
        var record = new Record
        {
            Type = RecordTypes.Email,
            Name = mail.Subject.Length > 500 ? mail.Subject[..500] : mail.Subject,
            OwnerId = user.Id,
            CreatedAt = now,
            UpdatedAt = now,
            ["hs_email_subject"] = mail.Subject,
            ["hs_email_direction"] = "EMAIL",
            ["hs_email_status"] = "SENT",
            ["hs_timestamp"] = sentAt.ToString(
                "yyyy-MM-dd'T'HH:mm:ss.fff'Z'",
                System.Globalization.CultureInfo.InvariantCulture
            ),
        };
        db.Records.Add(record);
        await db.SaveChangesAsync(stop);
        return record;
    }

    static async Task PutOnTimelineAsync(
        AppDb db,
        Record email,
        Record target,
        User user,
        DateTime sentAt,
        CancellationToken stop
    )
    {
        await Associate.TogetherAsync(db, email, target, stop: stop);
        db.Timeline.Add(
            new TimelineEntry
            {
                RecordId = target.Id,
                At = sentAt,
                Kind = TimelineKinds.Email,
                SubjectId = email.Id,
                ActorId = user.Id,
            }
        );
        if (target.LastActivityAt is null || target.LastActivityAt < sentAt)
            target.LastActivityAt = sentAt;
    }

    /// <summary>The copy proves that the mail left, also when we were away as it was sent.</summary>
    static void JoinTracked(
        TrackedEmail tracked,
        Record record,
        Dictionary<EmailAddress, Record> contacts,
        DateTime sentAt
    )
    {
        tracked.LoggedRecordId = record.Id;
        foreach (var recipient in tracked.Recipients)
            if (
                EmailAddress.TryParse(recipient.Address, out var address)
                && contacts.TryGetValue(address, out var contact)
            )
                recipient.ContactId = contact.Id;
        if (tracked.State == SendState.Sent)
            return;
        tracked.State = SendState.Sent;
        tracked.SentAt = sentAt;
        if (tracked.LastEventAt < sentAt)
            tracked.LastEventAt = sentAt;
    }

    /// <summary>A Date header far from when the mail came is the sender's clock, not the truth.</summary>
    static DateTime BelievableDate(DateTime? date, DateTime received) =>
        date is { } said && said > received.AddDays(-7) && said < received.AddMinutes(10) ? said : received;

    async Task<LogOutcome> NotLoggedAsync(
        AppDb db,
        SpooledMail spooled,
        ReadMail? mail,
        User? user,
        WhyNotLogged why,
        CancellationToken stop
    )
    {
        db.ChangeTracker.Clear();
        if (!await db.NotLogged.AnyAsync(n => n.SpoolId == spooled.SpoolId, stop))
        {
            db.NotLogged.Add(
                new NotLogged
                {
                    SpoolId = spooled.SpoolId,
                    At = clock.GetUtcNow().UtcDateTime,
                    Reason = why.ToString(),
                    From = mail?.From?.Address ?? spooled.Envelope.From ?? "",
                    Subject = mail?.Subject ?? "",
                    MessageId = mail?.MessageId ?? "",
                    UserId = user?.Id,
                }
            );
            await db.SaveChangesAsync(stop);
        }
        log.LogInformation("Mail {SpoolId} was not logged: {Why}", spooled.SpoolId, why);
        return new LogOutcome.Not(why);
    }
}
