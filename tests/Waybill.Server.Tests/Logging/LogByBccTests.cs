using MailKit.Net.Smtp;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MimeKit;
using MimeKit.Utils;
using Waybill.Server.Crm;
using Waybill.Server.Identity;
using Waybill.Server.Logging;
using Waybill.Server.Storage;
using Waybill.Server.Timeline;
using Waybill.Server.Tracking;

namespace Waybill.Server.Tests.Logging;

/// <summary>A mail to the BCC address, from the SMTP session to the timelines.</summary>
public sealed class LogByBccTests : IAsyncLifetime
{
    const string Bcc = "1000001@bcc.waybill.test";

    readonly WaybillHost _waybill = new();
    User _anna = null!;

    public async ValueTask InitializeAsync()
    {
        await _waybill.InitializeAsync();
        _anna = await _waybill.AddUserAsync("anna@northwind.test", u => u.Aliases = ["a.kowalska@northwind.test"]);
        await _waybill.ChangeSettingsAsync(s => s.OwnDomains = ["northwind.test"]);
    }

    public ValueTask DisposeAsync() => _waybill.DisposeAsync();

    [Fact]
    public async Task It_lands_on_the_contact_its_primary_company_and_its_five_latest_open_deals()
    {
        var maria = await Contact("lead@contoso.test");
        var contoso = await _waybill.AddRecordAsync(RecordTypes.Company, "Contoso");
        var other = await _waybill.AddRecordAsync(RecordTypes.Company, "Not primary");
        await _waybill.AssociateAsync(maria, contoso, primary: true);
        await _waybill.AssociateAsync(maria, other);
        for (var n = 1; n <= 6; n++)
            await Deal(maria, $"Open {n}", closed: false, day: n);
        await Deal(maria, "Won", closed: true, day: 30);

        await _waybill.SendAsync(Mail("lead@contoso.test"), "lead@contoso.test", Bcc);

        Assert.Equal(
            ["Contoso", "Open 2", "Open 3", "Open 4", "Open 5", "Open 6", "lead@contoso.test"],
            await TimelinesAsync()
        );
    }

    [Fact]
    public async Task The_same_mail_twice_is_logged_once()
    {
        var mail = Mail("lead@contoso.test");

        await _waybill.SendAsync(mail, Bcc);
        await _waybill.SendAsync(mail, Bcc);

        Assert.Single(await LoggedAsync());
        Assert.Single(await TimelinesAsync());
    }

    [Fact]
    public async Task An_unknown_recipient_becomes_a_contact_owned_by_the_sender_and_non_marketing()
    {
        await _waybill.AddRecordAsync(RecordTypes.Company, "Contoso", c => c.Domain = "contoso.test");
        var mail = Mail("ewa@contoso.test");
        mail.To.Clear();
        mail.To.Add(new MailboxAddress("Sikora, Ewa", "Ewa@Contoso.test"));

        await _waybill.SendAsync(mail, Bcc);

        await using var db = _waybill.Db();
        var ewa = await db.Records.SingleAsync(r => r.Type == RecordTypes.Contact);
        Assert.Equal("Ewa Sikora", ewa.Name);
        Assert.Equal(_anna.Id, ewa.OwnerId);
        Assert.Equal("false", ewa["hs_marketable_status"]);
        Assert.Equal("Contoso", (await WhereMailBelongs.PrimaryCompanyAsync(db, ewa.Id))?.Name);
    }

    [Fact]
    public async Task A_contact_somebody_owns_keeps_its_owner()
    {
        var jan = await _waybill.AddUserAsync("jan@northwind.test");
        var maria = await Contact("lead@contoso.test", c => c.OwnerId = jan.Id);

        await _waybill.SendAsync(Mail("lead@contoso.test"), Bcc);

        await using var db = _waybill.Db();
        Assert.Equal(jan.Id, (await db.Records.SingleAsync(r => r.Id == maria.Id)).OwnerId);
    }

    [Fact]
    public async Task With_new_contacts_switched_off_only_contacts_that_exist_get_the_mail()
    {
        await _waybill.ChangeSettingsAsync(s => s.CreateContacts = false);
        await Contact("lead@contoso.test");
        var mail = Mail("lead@contoso.test");
        mail.Cc.Add(MailboxAddress.Parse("stranger@contoso.test"));

        await _waybill.SendAsync(mail, Bcc);

        Assert.Equal(["lead@contoso.test"], await TimelinesAsync());
    }

    [Fact]
    public async Task With_new_contacts_switched_off_a_mail_to_strangers_is_named_and_nothing_of_it_is_kept()
    {
        await _waybill.ChangeSettingsAsync(s => s.CreateContacts = false);

        await _waybill.SendAsync(Mail("stranger@contoso.test"), Bcc);

        await using var db = _waybill.Db();
        Assert.Equal(nameof(WhyNotLogged.OnlyUnknownContacts), (await db.NotLogged.SingleAsync()).Reason);
        Assert.Empty(await LoggedAsync());
        Assert.False(Directory.Exists(_waybill.Options.InData("blobs")));
    }

    [Fact]
    public async Task Colleagues_and_logging_addresses_are_no_recipients()
    {
        var mail = Mail("lead@contoso.test");
        mail.Cc.Add(MailboxAddress.Parse("jan@northwind.test"));
        mail.Cc.Add(MailboxAddress.Parse(Bcc));

        await _waybill.SendAsync(mail, Bcc);

        Assert.Equal(["lead@contoso.test"], await TimelinesAsync());
    }

    [Fact]
    public async Task An_alias_logs_as_its_user()
    {
        await _waybill.SendAsync(Mail("lead@contoso.test", from: "a.kowalska@northwind.test"), Bcc);

        Assert.Equal(_anna.Id, Assert.Single(await LoggedAsync()).LoggedById);
    }

    public static TheoryData<string, string> Refusals =>
        new()
        {
            { "stranger@elsewhere.test", nameof(WhyNotLogged.UnknownSender) },
            { "gone@northwind.test", nameof(WhyNotLogged.SenderIsInactive) },
            { "reader@northwind.test", nameof(WhyNotLogged.SenderMayOnlyRead) },
        };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task Who_may_not_log_is_told_apart_by_name(string from, string reason)
    {
        await _waybill.AddUserAsync("gone@northwind.test", u => u.Active = false);
        await _waybill.AddUserAsync("reader@northwind.test", u => u.ViewOnly = true);

        await _waybill.SendAsync(Mail("lead@contoso.test", from), Bcc);

        await using var db = _waybill.Db();
        var refused = await db.NotLogged.SingleAsync();
        Assert.Equal(reason, refused.Reason);
        Assert.Equal(from, refused.From);
        Assert.Empty(await LoggedAsync());
        Assert.Empty(await TimelinesAsync());
    }

    [Fact]
    public async Task A_mail_only_to_colleagues_is_not_kept()
    {
        await _waybill.SendAsync(Mail("jan@northwind.test"), Bcc);

        await using var db = _waybill.Db();
        Assert.Equal(nameof(WhyNotLogged.OnlyColleagues), (await db.NotLogged.SingleAsync()).Reason);
        Assert.Empty(await LoggedAsync());
    }

    [Theory]
    [InlineData("1000002@bcc.waybill.test")]
    [InlineData("1000001@forward.waybill.test")]
    public async Task Another_recipient_is_refused_at_the_door(string recipient)
    {
        using var smtp = new SmtpClient();
        await smtp.ConnectAsync("127.0.0.1", _waybill.SmtpPort, MailKit.Security.SecureSocketOptions.None);

        var refused = await Assert.ThrowsAsync<SmtpCommandException>(() =>
            smtp.SendAsync(
                Mail("lead@contoso.test"),
                MailboxAddress.Parse("anna@northwind.test"),
                [MailboxAddress.Parse(recipient)]
            )
        );

        Assert.Equal(SmtpStatusCode.MailboxUnavailable, refused.StatusCode);
    }

    [Fact]
    public async Task The_body_the_attachment_and_the_raw_bytes_are_kept()
    {
        var content = new byte[200_000];
        Random.Shared.NextBytes(content);
        var mail = Mail("lead@contoso.test");
        var body = new BodyBuilder { HtmlBody = "<p>Dear Maria</p>" };
        body.Attachments.Add("Offer.pdf", content, new ContentType("application", "pdf"));
        mail.Body = body.ToMessageBody();

        await _waybill.SendAsync(mail, Bcc);

        var logged = Assert.Single(await LoggedAsync());
        Assert.Contains("<p>Dear Maria</p>", logged.Html, StringComparison.Ordinal);
        var attachment = Assert.Single(logged.Attachments);
        Assert.Equal(("Offer.pdf", 200_000L), (attachment.FileName, attachment.Size));
        var blobs = _waybill.Services.GetRequiredService<Blobs>();
        await using var kept = blobs.Open(attachment.Blob)!;
        using var read = new MemoryStream();
        await kept.CopyToAsync(read);
        Assert.Equal(content, read.ToArray());
        await using var raw = blobs.Open(logged.RawBlob)!;
        Assert.Equal(mail.MessageId, (await MimeMessage.LoadAsync(raw)).MessageId);
    }

    [Fact]
    public async Task An_attachment_over_50_MB_is_left_out_and_named()
    {
        var mail = Mail("lead@contoso.test");
        var body = new BodyBuilder { HtmlBody = "<p>Dear Maria</p>" };
        body.Attachments.Add("Fits.bin", new byte[50 * 1024 * 1024]);
        body.Attachments.Add("Too large.bin", new byte[50 * 1024 * 1024 + 1]);
        mail.Body = body.ToMessageBody();

        await _waybill.SendAsync(mail, Bcc);

        var logged = Assert.Single(await LoggedAsync());
        Assert.Equal("Fits.bin", Assert.Single(logged.Attachments).FileName);
        Assert.Equal(["Too large.bin"], logged.LeftOut);
        Assert.Single(await TimelinesAsync());
    }

    [Fact]
    public async Task A_reply_joins_its_thread_also_when_it_comes_first()
    {
        var first = Mail("lead@contoso.test");
        var second = Mail("lead@contoso.test");
        second.InReplyTo = first.MessageId;
        second.References.Add(first.MessageId!);
        var stranger = Mail("lead@contoso.test");

        await _waybill.SendAsync(second, Bcc);
        await _waybill.SendAsync(first, Bcc);
        await _waybill.SendAsync(stranger, Bcc);

        var threads = (await LoggedAsync()).ToDictionary(e => e.MessageId, e => e.ThreadId);
        Assert.Equal(threads[first.MessageId!], threads[second.MessageId!]);
        Assert.NotEqual(threads[first.MessageId!], threads[stranger.MessageId!]);
    }

    [Fact]
    public async Task The_add_ins_copy_is_joined_to_the_mail_it_prepared_and_follows_the_add_ins_rule()
    {
        var maria = await Contact("lead@contoso.test");
        for (var n = 1; n <= 4; n++)
            await Deal(maria, $"Open {n}", closed: false, day: n);
        var tracked = await TrackedAsync(_anna.Id);
        var mail = Mail("lead@contoso.test");
        mail.Headers.Add(MailTickets.Header, Ticket(tracked.Id, _anna.Id));

        await _waybill.SendAsync(mail, Bcc);

        Assert.Equal(["Open 2", "Open 3", "Open 4", "lead@contoso.test"], await TimelinesAsync());
        await using var db = _waybill.Db();
        var joined = await db.TrackedEmails.Include(e => e.Recipients).SingleAsync();
        Assert.Equal(SendState.Sent, joined.State);
        Assert.Equal((await db.LoggedEmails.SingleAsync()).RecordId, joined.LoggedRecordId);
        Assert.Equal(maria.Id, joined.Recipients[0].ContactId);
    }

    [Fact]
    public async Task Another_users_ticket_is_no_ticket()
    {
        var jan = await _waybill.AddUserAsync("jan@northwind.test");
        var tracked = await TrackedAsync(jan.Id);
        var mail = Mail("lead@contoso.test");
        mail.Headers.Add(MailTickets.Header, Ticket(tracked.Id, jan.Id));

        await _waybill.SendAsync(mail, Bcc);

        Assert.Null(Assert.Single(await LoggedAsync()).TrackedEmailId);
        await using var db = _waybill.Db();
        Assert.Null((await db.TrackedEmails.SingleAsync()).LoggedRecordId);
    }

    string Ticket(long mail, long user) =>
        _waybill.Services.GetRequiredService<MailTickets>().Mint(new MailTicket(mail, user));

    async Task<TrackedEmail> TrackedAsync(long userId)
    {
        await using var db = _waybill.Db();
        var now = DateTime.UnixEpoch.AddYears(56);
        var tracked = new TrackedEmail
        {
            UserId = userId,
            CreatedAt = now,
            LastEventAt = now,
            Log = true,
        };
        tracked.Recipients.Add(new TrackedRecipient { Kind = "to", Address = "lead@contoso.test" });
        db.TrackedEmails.Add(tracked);
        await db.SaveChangesAsync();
        return tracked;
    }

    static MimeMessage Mail(string to, string from = "anna@northwind.test")
    {
        var mail = new MimeMessage
        {
            Subject = "Offer for Q4",
            MessageId = MimeUtils.GenerateMessageId("outlook.test"),
        };
        mail.From.Add(MailboxAddress.Parse(from));
        mail.To.Add(MailboxAddress.Parse(to));
        mail.Body = new TextPart("html") { Text = "<p>Dear Maria</p>" };
        return mail;
    }

    Task<Record> Contact(string address, Action<Record>? change = null) =>
        _waybill.AddRecordAsync(
            RecordTypes.Contact,
            address,
            c =>
            {
                c["email"] = address;
                change?.Invoke(c);
            }
        );

    async Task Deal(Record contact, string name, bool closed, int day)
    {
        var deal = await _waybill.AddRecordAsync(
            RecordTypes.Deal,
            name,
            d =>
            {
                d.Closed = closed;
                d.LastActivityAt = DateTime.UnixEpoch.AddYears(55).AddDays(day);
            }
        );
        await _waybill.AssociateAsync(deal, contact);
    }

    async Task<List<LoggedEmail>> LoggedAsync()
    {
        await using var db = _waybill.Db();
        return await db.LoggedEmails.Include(e => e.Attachments).ToListAsync();
    }

    /// <summary>The names of the records on whose timeline an email stands.</summary>
    async Task<List<string>> TimelinesAsync()
    {
        await using var db = _waybill.Db();
        var names = await (
            from entry in db.Timeline
            join record in db.Records on entry.RecordId equals record.Id
            where entry.Kind == TimelineKinds.Email
            select record.Name
        ).ToListAsync();
        return [.. names.Order(StringComparer.Ordinal)];
    }
}
