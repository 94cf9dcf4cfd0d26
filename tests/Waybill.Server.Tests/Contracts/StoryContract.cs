using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MimeKit;
using MimeKit.Utils;
using Waybill.Server.Crm;
using Waybill.Server.Feed;
using Waybill.Server.Identity;
using Waybill.Server.Logging;
using Waybill.Server.Spool;
using Waybill.Server.Storage;
using Waybill.Server.Tests.Identity;
using Waybill.Server.Tracking;

namespace Waybill.Server.Tests.Contracts;

public sealed class StoryOnSqlite(SqliteHost host) : StoryContract(host), IClassFixture<SqliteHost>;

public sealed class StoryOnPostgres(PostgresHost host) : StoryContract(host), IClassFixture<PostgresHost>
{
    [Fact]
    public async Task Hits_and_mail_while_the_database_is_away_are_there_when_it_is_back()
    {
        var user = await UserAsync();
        var tracked = await TrackedAsync(user);
        using var mail = Mail(user, $"{Guid.NewGuid():n}@contoso.test");

        await PostgresServer.PutAwayAsync(Host.Database!);
        using (var pixel = await AskPixelAsync(tracked))
            Assert.Equal(HttpStatusCode.OK, pixel.StatusCode);
        await Host.HandInAsync(mail, Bcc);
        var error = await Assert.ThrowsAnyAsync<Exception>(() => Host.Db().Users.CountAsync());
        await PostgresServer.BringBackAsync(Host.Database!);
        await Host.DrainedAsync(RecordHits.Lane);
        await Host.DrainedAsync(ReceiveMail.Lane);

        Assert.True(Outage.IsOutage(error), error.ToString());
        await using var db = Host.Db();
        Assert.Equal(1, await db.Hits.CountAsync(h => h.TrackedEmailId == tracked.Id));
        Assert.True(await db.LoggedEmails.AnyAsync(e => e.MessageId == mail.MessageId));
        Assert.Empty(Host.Services.GetRequiredKeyedService<SpoolLane>(ReceiveMail.Lane).Parked.List());
    }
}

/// <summary>What users get, whichever database keeps it.</summary>
public abstract class StoryContract(WaybillHost host)
{
    protected const string Bcc = "1000001@bcc.waybill.test";
    protected WaybillHost Host => host;

    static readonly DateTime Noon = new(2026, 10, 15, 12, 0, 0, DateTimeKind.Utc);

    [Fact]
    public async Task An_opened_mail_says_so_in_the_feed()
    {
        var user = await UserAsync();
        var mail = await TrackedAsync(user);

        using (var pixel = await AskPixelAsync(mail))
            Assert.Equal("image/gif", pixel.Content.Headers.ContentType?.MediaType);
        await host.DrainedAsync(RecordHits.Lane);

        await using var db = host.Db();
        var row = Assert.Single((await ReadFeed.PageAsync(db, user.Id, new FeedFilter())).Rows);
        Assert.Equal((FeedState.Opened, 1), (row.State, row.Opens));
        Assert.True(row.At > mail.CreatedAt);
    }

    [Fact]
    public async Task A_hit_drained_twice_counts_once()
    {
        var mail = await TrackedAsync(await UserAsync());
        var hit = new HitEvidence
        {
            Id = Random.Shared.NextInt64(),
            Kind = HitKind.Open,
            MailId = mail.Id,
            At = Noon,
        };
        var item = new SpoolItem
        {
            Id = 1,
            OriginId = 1,
            AppendedAt = Noon,
            Head = hit.ToBytes(),
            BodyLength = 0,
        };
        var recordHits = host.Services.GetRequiredService<RecordHits>();

        await recordHits.DrainAsync([item, item], CancellationToken.None);
        await recordHits.DrainAsync([item], CancellationToken.None);

        await using var db = host.Db();
        Assert.Equal(1, await db.Hits.CountAsync(h => h.TrackedEmailId == mail.Id));
        Assert.Equal(1, (await db.TrackedEmails.SingleAsync(m => m.Id == mail.Id)).Opens);
    }

    [Fact]
    public async Task A_copied_mail_stands_on_the_timelines_once()
    {
        var user = await UserAsync();
        var maria = await ContactAsync();
        var company = await host.AddRecordAsync(RecordTypes.Company, "Contoso");
        await host.AssociateAsync(maria, company, primary: true);
        using var mail = Mail(user, maria["email"]!);

        await host.SendAsync(mail, Bcc);
        await host.SendAsync(mail, Bcc);

        await using var db = host.Db();
        var logged = await db.LoggedEmails.SingleAsync(e => e.MessageId == mail.MessageId);
        var targets = await db.Set<Timeline.TimelineEntry>()
            .Where(t => t.SubjectId == logged.RecordId)
            .Select(t => t.RecordId)
            .Order()
            .ToListAsync();
        Assert.Equal([maria.Id, company.Id], targets);
    }

    [Fact]
    public async Task A_mail_with_bytes_no_database_likes_is_logged_all_the_same()
    {
        var user = await UserAsync();
        using var mail = Mail(user, $"{Guid.NewGuid():n}@contoso.test");
        mail.Subject = "A\0B";
        mail.Body = new TextPart("html") { Text = "<p>before\0after</p>" };

        await host.SendAsync(mail, Bcc);

        await using var db = host.Db();
        Assert.True(await db.LoggedEmails.AnyAsync(e => e.MessageId == mail.MessageId));
    }

    [Fact]
    public async Task Two_people_who_add_the_same_address_at_once_make_one_contact()
    {
        var user = await UserAsync();
        var address = $"{Guid.NewGuid():n}@contoso.test";
        var values = new Dictionary<string, string?> { ["email"] = address, ["firstname"] = "Ewa" };

        var made = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(CreateAsync)));

        Assert.Equal(1, made.Count(m => m));
        await using var db = host.Db();
        Assert.Equal(1, await db.ContactAddresses.CountAsync(a => a.Address == address));
        var names = await db.Records.Where(r => r.Type == RecordTypes.Contact).ToListAsync();
        Assert.Single(names, r => r["email"] == address);

        async Task<bool> CreateAsync()
        {
            await using var own = host.Db();
            try
            {
                var created = await CreateRecord.ByHandAsync(own, user, RecordTypes.Contact, values, null, Noon);
                return created.Outcome == EditOutcome.Saved;
            }
            catch (DbUpdateException)
            {
                return false;
            }
        }
    }

    [Fact]
    public async Task The_pane_is_paired_by_a_code()
    {
        var user = await host.AddUserAsync($"{Guid.NewGuid():N}@northwind.test", WebVisitor.GivePassword);
        using var visitor = new WebVisitor(host.Url);
        await visitor.SignInAsync(user.Email!);
        using var pane = Pane.At(host.Url);
        var grant = await pane.AskAsync();

        var page = await visitor.SeeAsync(new Uri(grant.Complete).PathAndQuery);
        using (var answer = await visitor.SubmitAsync(page, "form:has(button[name=answer])", ("answer", "approve")))
            Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        var tokens = await pane.PollAsync(grant);
        Assert.Equal(HttpStatusCode.OK, await pane.StartAsync(tokens.Access!));
        var rotated = await pane.RefreshAsync(tokens.Refresh!);

        Assert.Equal(HttpStatusCode.OK, await pane.StartAsync(rotated.Access!));
    }

    protected Task<User> UserAsync() => host.AddUserAsync($"{Guid.NewGuid():n}@northwind.test");

    Task<Record> ContactAsync() =>
        host.AddRecordAsync(RecordTypes.Contact, "Maria", c => c["email"] = $"{Guid.NewGuid():n}@contoso.test");

    protected async Task<TrackedEmail> TrackedAsync(User user)
    {
        await using var db = host.Db();
        var mail = new TrackedEmail
        {
            UserId = user.Id,
            CreatedAt = Noon,
            State = SendState.Sent,
            SentAt = Noon,
            LastEventAt = Noon,
            Track = true,
            TrackOpens = true,
        };
        mail.Recipients.Add(new TrackedRecipient { Kind = "to", Address = "maria@contoso.test" });
        db.TrackedEmails.Add(mail);
        await db.SaveChangesAsync();
        return mail;
    }

    protected async Task<HttpResponseMessage> AskPixelAsync(TrackedEmail mail)
    {
        using var browser = new HttpClient();
        browser.DefaultRequestHeaders.TryAddWithoutValidation("User-Agent", "Mozilla/5.0 Firefox/145.0");
        var url = new Uri(host.Services.GetRequiredService<TrackingTokens>().PixelUrl(mail.Id));
        return await browser.GetAsync(new Uri(host.Url + url.PathAndQuery));
    }

    protected static MimeMessage Mail(User from, string to)
    {
        var mail = new MimeMessage { Subject = "Offer", MessageId = MimeUtils.GenerateMessageId("northwind.test") };
        mail.From.Add(new MailboxAddress("Anna", from.Email!));
        mail.To.Add(new MailboxAddress("Maria", to));
        mail.Body = new TextPart("plain") { Text = "Here it is." };
        return mail;
    }
}
