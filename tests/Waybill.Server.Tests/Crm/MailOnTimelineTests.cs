using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Waybill.Server.Crm;
using Waybill.Server.Identity;
using Waybill.Server.Logging;
using Waybill.Server.Storage;
using Waybill.Server.Timeline;
using Waybill.Server.Tracking;

namespace Waybill.Server.Tests.Crm;

/// <summary>What a stranger wrote, shown to a user: the body in its frame, the attachments, the card.</summary>
public sealed class MailOnTimelineTests(WaybillHost host) : IClassFixture<WaybillHost>, IAsyncLifetime
{
    static readonly DateTime Noon = new(2026, 10, 15, 12, 0, 0, DateTimeKind.Utc);

    User _user = null!;
    HttpClient _browser = null!;
    Record _contact = null!;

    public async ValueTask InitializeAsync()
    {
        (_user, _browser) = await SignIn.AsNewUserAsync(host);
        _contact = await host.AddRecordAsync(RecordTypes.Contact, "Maria Nowak");
    }

    public ValueTask DisposeAsync()
    {
        _browser.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_hostile_body_is_cleaned_and_shown_under_a_policy_that_runs_nothing()
    {
        var mail = await AddMailAsync(
            """
            <p onclick="alert(1)">Hello</p><script>alert(2)</script><img src=x onerror=alert(3)>
            <a href="javascript:alert(4)">go</a><form action="https://evil.test"><input name=password></form>
            <iframe src="https://evil.test"></iframe><style>@import url(https://evil.test)</style>
            <meta http-equiv="refresh" content="0;url=https://evil.test"><base href="https://evil.test">
            """
        );

        using var answer = await _browser.GetAsync($"/mail/{mail}/body");
        var body = await answer.Content.ReadAsStringAsync();

        Assert.Contains("Hello", body, StringComparison.Ordinal);
        foreach (
            var bad in new[] { "alert", "<script", "<form", "<iframe", "evil.test", "javascript:", "onclick", "<base" }
        )
            Assert.DoesNotContain(bad, body, StringComparison.OrdinalIgnoreCase);
        var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.Contains("sandbox allow-popups", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("allow-scripts", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("allow-same-origin", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("http:", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("?pictures=1")]
    public async Task Our_own_pixel_is_never_loaded_and_our_links_lead_straight_to_their_target(string query)
    {
        var tokens = host.Services.GetRequiredService<TrackingTokens>();
        var pixel = tokens.PixelUrl(77);
        var click = tokens.ClickUrl(77, 0, "https://northwind.test/offers/q4.pdf?a=1&b=2");
        var mail = await AddMailAsync($"<p><a href=\"{click}\">offer</a><img src=\"{pixel}\"></p>");

        var body = await _browser.GetStringAsync($"/mail/{mail}/body{query}");

        Assert.DoesNotContain("/t/o/", body, StringComparison.Ordinal);
        Assert.DoesNotContain("/t/c/", body, StringComparison.Ordinal);
        Assert.Contains("href=\"https://northwind.test/offers/q4.pdf?a=1&amp;b=2\"", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pictures_of_other_servers_are_off_until_asked_for()
    {
        var mail = await AddMailAsync("<p>Look</p><img src=\"https://pics.test/a.png\">");

        using var off = await _browser.GetAsync($"/mail/{mail}/body");
        using var on = await _browser.GetAsync($"/mail/{mail}/body?pictures=1");

        Assert.DoesNotContain(
            " src=\"https://pics.test",
            await off.Content.ReadAsStringAsync(),
            StringComparison.Ordinal
        );
        Assert.EndsWith(
            "img-src data:",
            Assert.Single(off.Headers.GetValues("Content-Security-Policy")),
            StringComparison.Ordinal
        );
        Assert.Contains(
            " src=\"https://pics.test/a.png\"",
            await on.Content.ReadAsStringAsync(),
            StringComparison.Ordinal
        );
        Assert.Equal("no-referrer", Assert.Single(on.Headers.GetValues("Referrer-Policy")));
    }

    [Fact]
    public async Task A_picture_that_came_with_the_mail_is_shown_without_being_asked_for()
    {
        var mail = await AddMailAsync("<p>Hello</p><img src=\"cid:logo@x\"><img src=\"cid:drawing\">");
        await AttachAsync(mail, "logo.png", "image/png", [1, 2, 3], "logo@x");
        await AttachAsync(mail, "drawing.svg", "image/svg+xml", "<svg onload=alert(1)>"u8.ToArray(), "drawing");

        var body = await _browser.GetStringAsync($"/mail/{mail}/body");

        Assert.Contains("data:image/png;base64,AQID", body, StringComparison.Ordinal);
        Assert.DoesNotContain("svg", body, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Plain_text_keeps_its_lines_folds_what_it_quotes_and_links_addresses()
    {
        var tokens = host.Services.GetRequiredService<TrackingTokens>();
        var wrapped = tokens.ClickUrl(77, 0, "https://northwind.test/terms");
        var mail = await AddMailAsync(
            html: null,
            text: $"Hello <Maria>,\nsee {wrapped}.\n\nOn Mon, 5 Oct 2026 at 10:00, Maria Nowak wrote:\n> What terms?\n"
        );

        var body = await _browser.GetStringAsync($"/mail/{mail}/body");

        Assert.Contains("Hello &lt;Maria&gt;,\nsee ", body, StringComparison.Ordinal);
        Assert.Contains(">https://northwind.test/terms</a>.", body, StringComparison.Ordinal);
        Assert.DoesNotContain("/t/c/", body, StringComparison.Ordinal);
        Assert.True(
            body.IndexOf("<details>", StringComparison.Ordinal) is > 0 and var fold
                && fold < body.IndexOf("What terms?", StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData("Zażółć \"gęślą\".html", "text/html", "attachment", "application/octet-stream")]
    [InlineData("drawing.svg", "image/svg+xml", "attachment", "application/octet-stream")]
    [InlineData("Offer Q4.pdf", "application/pdf", "attachment", "application/octet-stream")]
    [InlineData("logo.png", "image/png", "inline", "image/png")]
    public async Task An_attachment_is_downloaded_under_its_name_and_never_runs_here(
        string name,
        string type,
        string disposition,
        string sentAs
    )
    {
        var mail = await AddMailAsync("<p>Hello</p>");
        var file = await AttachAsync(mail, name, type, "<script>alert(1)</script>"u8.ToArray());

        using var answer = await _browser.GetAsync($"/mail/{mail}/attachments/{file}/{Uri.EscapeDataString(name)}");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var shown = answer.Content.Headers.ContentDisposition!;
        Assert.Equal(disposition, shown.DispositionType);
        Assert.Equal(name, shown.FileNameStar);
        Assert.Equal(sentAs, answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        Assert.EndsWith(
            "sandbox",
            Assert.Single(answer.Headers.GetValues("Content-Security-Policy")),
            StringComparison.Ordinal
        );
        Assert.Equal("<script>alert(1)</script>", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task An_attachment_of_another_mail_or_a_deleted_one_is_not_found()
    {
        var one = await AddMailAsync("<p>One</p>");
        var other = await AddMailAsync("<p>Other</p>");
        var deleted = await AddMailAsync("<p>Gone</p>", archived: true);
        var file = await AttachAsync(one, "a.pdf", "application/pdf", [1]);
        var gone = await AttachAsync(deleted, "a.pdf", "application/pdf", [1]);

        foreach (
            var path in new[]
            {
                $"/mail/{other}/attachments/{file}/a.pdf",
                $"/mail/{deleted}/attachments/{gone}/a.pdf",
                $"/mail/{deleted}/body",
                "/mail/987654/body",
            }
        )
        {
            using var answer = await _browser.GetAsync(path);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }
    }

    [Fact]
    public async Task The_card_counts_people_and_leaves_machines_apart()
    {
        var mail = await AddMailAsync("<p>Offer</p>");
        var tracked = await TrackAsync(
            mail,
            (HitKind.Open, 1, VerdictKind.Machine),
            (HitKind.Open, 10, VerdictKind.Human),
            (HitKind.Open, 30, VerdictKind.Unknowable),
            (HitKind.Click, 31, VerdictKind.Human)
        );

        var page = WebUtility.HtmlDecode(await _browser.GetStringAsync($"/contacts/{_contact.Id}"));

        Assert.Contains("Offer for Q4", page, StringComparison.Ordinal);
        Assert.Contains("Opened 2 times", page, StringComparison.Ordinal);
        Assert.Contains("clicked ‘offer’", page, StringComparison.Ordinal);
        await using var db = host.Db();
        var hits = await ReadMailHits.OfAsync(db, tracked);
        Assert.Equal((4, "offer"), (hits.Count, hits.Shown[0].Link));
    }

    [Fact]
    public async Task A_mail_that_only_machines_opened_is_not_called_opened()
    {
        var mail = await AddMailAsync("<p>Offer</p>");
        await TrackAsync(mail, (HitKind.Open, 1, VerdictKind.Machine));

        var page = WebUtility.HtmlDecode(await _browser.GetStringAsync($"/contacts/{_contact.Id}"));

        Assert.Contains("1 automatic open", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Opened once", page, StringComparison.Ordinal);
    }

    async Task<long> AddMailAsync(string? html, string? text = null, bool archived = false)
    {
        var record = await host.AddRecordAsync(RecordTypes.Email, "Offer for Q4", r => r.Archived = archived);
        await using var db = host.Db();
        db.LoggedEmails.Add(
            new LoggedEmail
            {
                RecordId = record.Id,
                MessageId = $"{Guid.NewGuid():n}@northwind.test",
                ThreadId = "t",
                From = new MailPerson("Anna Kowalska", "anna@northwind.test"),
                To = [new MailPerson("Maria Nowak", "lead@contoso.test")],
                Subject = "Offer for Q4",
                SentAt = Noon,
                ReceivedAt = Noon,
                Html = html,
                Text = text,
                Preview = "Hello",
                RawBlob = "",
                LoggedById = _user.Id,
                Via = "bcc",
            }
        );
        db.Timeline.Add(
            new TimelineEntry
            {
                RecordId = _contact.Id,
                At = Noon,
                Kind = TimelineKinds.Email,
                SubjectId = record.Id,
            }
        );
        await db.SaveChangesAsync();
        return record.Id;
    }

    async Task<long> AttachAsync(long mail, string name, string type, byte[] bytes, string? cid = null)
    {
        var blob = await host.Services.GetRequiredService<Blobs>().PutAsync(new MemoryStream(bytes));
        await using var db = host.Db();
        var file = new Attachment
        {
            EmailId = mail,
            FileName = name,
            ContentType = type,
            Size = bytes.Length,
            Blob = blob,
            ContentId = cid,
            Inline = cid is not null,
        };
        db.Attachments.Add(file);
        await db.SaveChangesAsync();
        return file.Id;
    }

    static long _spoolId = 1_000_000;

    async Task<long> TrackAsync(long mail, params (HitKind Kind, int Minutes, VerdictKind Verdict)[] hits)
    {
        await using var db = host.Db();
        var tracked = new TrackedEmail
        {
            UserId = _user.Id,
            CreatedAt = Noon,
            State = SendState.Sent,
            Track = true,
            LoggedRecordId = mail,
        };
        tracked.Links.Add(
            new TrackedLink
            {
                Number = 0,
                Url = "https://northwind.test/q4",
                Text = "offer",
            }
        );
        db.TrackedEmails.Add(tracked);
        await db.SaveChangesAsync();
        foreach (var (kind, minutes, verdict) in hits)
            db.Hits.Add(
                new Hit
                {
                    SpoolId = Interlocked.Increment(ref _spoolId),
                    TrackedEmailId = tracked.Id,
                    Kind = kind,
                    At = Noon.AddMinutes(minutes),
                    LinkNumber = kind == HitKind.Click ? 0 : null,
                    Verdict = verdict,
                }
            );
        await db.SaveChangesAsync();
        return tracked.Id;
    }
}
