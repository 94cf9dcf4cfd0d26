using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Waybill.Server.Compose;
using Waybill.Server.Crm;
using Waybill.Server.Identity;
using Waybill.Server.Logging;
using Waybill.Server.Tests.Identity;
using Waybill.Server.Timeline;
using Waybill.Server.Tracking;

namespace Waybill.Server.Tests.Compose;

/// <summary>The pane's API over real HTTP with a real token, from the first keystroke to the mail's leaving.</summary>
public sealed class ComposeTests : IAsyncLifetime
{
    const string Html =
        "<html><body><p>Dear Maria, <a href=\"https://files.northwind.test/offer?a=1&amp;b=2\">the offer</a></p></body></html>";

    readonly WaybillHost _waybill = new();
    User _anna = null!;
    Record _maria = null!;
    Pane _pane = null!;
    string _access = "";

    public async ValueTask InitializeAsync()
    {
        await _waybill.InitializeAsync();
        await _waybill.ChangeSettingsAsync(a => (a.Name, a.OwnDomains) = ("Northwind", ["northwind.test"]));
        _anna = await _waybill.AddUserAsync(
            "anna@northwind.test",
            u =>
            {
                WebVisitor.GivePassword(u);
                u.Aliases = ["sales@northwind.test"];
            }
        );
        _maria = await _waybill.AddRecordAsync(
            RecordTypes.Contact,
            "Maria Nowak",
            r => (r["email"], r.OwnerId) = ("maria@contoso.test", _anna.Id)
        );
        var contoso = await _waybill.AddRecordAsync(RecordTypes.Company, "Contoso");
        await _waybill.AssociateAsync(_maria, contoso, primary: true);
        await _waybill.AssociateAsync(_maria, await _waybill.AddRecordAsync(RecordTypes.Deal, "Scanners"));
        _pane = Pane.At($"https://localhost:{_waybill.HttpsPort}");
        using var visitor = new WebVisitor(_waybill.Url);
        await visitor.SignInAsync(_anna.Email!);
        var grant = await _pane.AskAsync();
        var page = await visitor.SeeAsync(new Uri(grant.Complete).PathAndQuery);
        (await visitor.SubmitAsync(page, "form:has(button[name=answer])", ("answer", "approve"))).Dispose();
        _access = (await _pane.PollAsync(grant)).Access!;
    }

    public async ValueTask DisposeAsync()
    {
        _pane.Dispose();
        await _waybill.DisposeAsync();
    }

    async Task<(HttpStatusCode Status, JsonElement Body)> CallAsync(string path, object? json, string authorization)
    {
        using var request = new HttpRequestMessage(json is null ? HttpMethod.Get : HttpMethod.Post, path);
        request.Headers.Authorization = AuthenticationHeaderValue.Parse(authorization);
        if (json is not null)
            request.Content = JsonContent.Create(json);
        using var answer = await _pane.Http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return (answer.StatusCode, text.Length == 0 ? default : JsonDocument.Parse(text).RootElement);
    }

    static object To(params string[] addresses) =>
        addresses
            .Select(a => new
            {
                kind = "to",
                address = a,
                name = a,
            })
            .ToArray();

    async Task<JsonElement> DraftAsync(
        object recipients,
        bool track = true,
        bool log = true,
        string from = "anna@northwind.test",
        string? draftId = null
    )
    {
        var (status, body) = await CallAsync(
            "/compose/draft",
            new
            {
                draftId,
                from,
                recipients,
                subject = "Offer",
                track,
                log,
            },
            $"Bearer {_access}"
        );
        Assert.Equal(HttpStatusCode.OK, status);
        return body;
    }

    async Task<JsonElement> SendAsync(
        JsonElement draft,
        object recipients,
        bool track = true,
        bool log = true,
        bool pixelAppended = false,
        bool hasInlineImages = false,
        bool prepare = false,
        string html = Html,
        string from = "anna@northwind.test"
    )
    {
        var (status, body) = await CallAsync(
            "/compose/send",
            new
            {
                from,
                recipients,
                subject = "Offer for Q4",
                html,
                hasInlineImages,
                pixelAppended,
                track,
                log,
                prepare,
            },
            $"Draft {draft.GetProperty("ticket").GetString()}"
        );
        Assert.Equal(HttpStatusCode.OK, status);
        return body;
    }

    async Task<TrackedEmail> RowAsync(JsonElement draft)
    {
        await using var db = _waybill.Db();
        var id = long.Parse(
            draft.GetProperty("draftId").GetString()!,
            System.Globalization.CultureInfo.InvariantCulture
        );
        return await db.TrackedEmails.Include(e => e.Recipients).Include(e => e.Links).SingleAsync(e => e.Id == id);
    }

    static string? Text(JsonElement body, params string[] path)
    {
        foreach (var name in path)
            if (!body.TryGetProperty(name, out body))
                return null;
        return body.ValueKind == JsonValueKind.Null ? null : body.ToString();
    }

    [Fact]
    public async Task The_pane_starts_with_what_it_may_offer()
    {
        var (status, start) = await CallAsync("/compose/start", null, $"Bearer {_access}");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(
            """{"account":{"name":"Northwind","id":1000001},"user":{"email":"anna@northwind.test","name":"anna","seat":"sales","language":"en"},"bccAddress":"1000001@bcc.waybill.test","defaults":{"track":false,"log":false},"canTrack":true,"canTrackClicks":true,"trackLabel":"Track email opens and clicks"}""",
            start.GetRawText()
        );
    }

    [Fact]
    public async Task A_free_seat_is_offered_opens_only()
    {
        await using (var db = _waybill.Db())
            await db.Users.ExecuteUpdateAsync(set => set.SetProperty(u => u.Seat, Seat.Free));
        var (_, start) = await CallAsync("/compose/start", null, $"Bearer {_access}");
        Assert.Equal("Track email opens", Text(start, "trackLabel"));
        Assert.False(start.GetProperty("canTrackClicks").GetBoolean());

        var people = To("maria@contoso.test");
        var sent = await SendAsync(await DraftAsync(people), people);
        var html = Text(sent, "html")!;
        Assert.Contains("href=\"https://files.northwind.test/offer?a=1&amp;b=2\"", html, StringComparison.Ordinal);
        Assert.Contains("/t/o/", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_draft_says_what_will_happen()
    {
        var draft = await DraftAsync(To("Maria@Contoso.test", "new@fabrikam.test", "jan@northwind.test"));

        Assert.Equal(
            "3 recipients — will be tracked, shown as “Someone of 3 opened”",
            Text(draft, "track", "sentence")
        );
        Assert.Equal("Contact · new contact · Contoso · 1 deal", Text(draft, "log", "sentence"));
        var records = draft.GetProperty("log").GetProperty("records");
        Assert.Equal(
            ["contact Maria Nowak", "company Contoso", "deal Scanners", "contact new@fabrikam.test"],
            records.EnumerateArray().Select(r => $"{Text(r, "type")} {Text(r, "name")}")
        );
        Assert.True(records[3].GetProperty("willBeCreated").GetBoolean());
        var maria = draft.GetProperty("recipients")[0];
        Assert.Equal(
            ("Maria Nowak", "Contoso", "you"),
            (Text(maria, "name"), Text(maria, "company"), Text(maria, "owner"))
        );
        Assert.Matches("^<img src=\"http://track.localhost:[0-9]+/t/o/[^\"]+\\.gif\"", Text(draft, "pixelHtml")!);
        var row = await RowAsync(draft);
        Assert.True(row is { State: SendState.Draft, Track: true, TrackOpens: true, TrackClicks: true, Log: true });
        Assert.Equal(3, row.Recipients.Count);
    }

    [Fact]
    public async Task A_draft_is_kept_up_to_date_and_is_nobody_elses()
    {
        var first = await DraftAsync(To("maria@contoso.test"));
        var id = Text(first, "draftId");
        var second = await DraftAsync(To("other@contoso.test"), track: false, draftId: id);

        Assert.Equal(id, Text(second, "draftId"));
        Assert.Null(Text(second, "pixelHtml"));
        Assert.Equal("other@contoso.test", Assert.Single((await RowAsync(second)).Recipients).Address);

        var jan = await _waybill.AddUserAsync("jan@northwind.test");
        await using (var db = _waybill.Db())
            await db.TrackedEmails.ExecuteUpdateAsync(set => set.SetProperty(e => e.UserId, jan.Id));
        Assert.NotEqual(id, Text(await DraftAsync(To("maria@contoso.test"), draftId: id), "draftId"));
    }

    [Fact]
    public async Task Without_a_legal_basis_there_is_a_reason_and_an_action()
    {
        await _waybill.ChangeSettingsAsync(a => a.DataPrivacy = true);
        var people = To("maria@contoso.test");
        var draft = await DraftAsync(people);

        Assert.False(draft.GetProperty("track").GetProperty("allowed").GetBoolean());
        Assert.Equal("Maria Nowak has no legal basis for processing.", Text(draft, "track", "reason", "text"));
        Assert.Equal("Set it", Text(draft, "track", "reason", "actionText"));
        Assert.Equal($"{_waybill.Url}/contacts/{_maria.Id}", Text(draft, "track", "reason", "actionUrl"));
        Assert.Null(Text(draft, "pixelHtml"));

        var sent = await SendAsync(draft, people);
        Assert.Null(Text(sent, "html"));
        Assert.Null(Text(sent, "pixelHtml"));
        Assert.StartsWith("Sent without tracking.", Text(sent, "message")!, StringComparison.Ordinal);
        var row = await RowAsync(draft);
        Assert.True(row is { State: SendState.Sent, Track: true, TrackOpens: false, TrackClicks: false });
        Assert.Equal("{0} has no legal basis for processing.\nMaria Nowak", row.WhyNotTracked);

        await using (var db = _waybill.Db())
        {
            var maria = await db.Records.SingleAsync(r => r.Id == _maria.Id);
            maria.Props = new(maria.Props) { ["hs_legal_basis"] = "Freely given consent from contact" };
            await db.SaveChangesAsync();
        }
        Assert.True((await DraftAsync(people)).GetProperty("track").GetProperty("allowed").GetBoolean());
    }

    [Fact]
    public async Task A_mail_leaves_tracked_and_logged()
    {
        var heard = new List<Hint>();
        using var _ = _waybill
            .Services.GetRequiredService<Hints>()
            .Subscribe(hint =>
            {
                heard.Add(hint);
                return Task.CompletedTask;
            });
        var people = To("maria@contoso.test");
        var draft = await DraftAsync(people);
        var sent = await SendAsync(draft, people);

        var html = Text(sent, "html")!;
        Assert.Contains("/t/c/", html, StringComparison.Ordinal);
        Assert.DoesNotContain("files.northwind.test", html, StringComparison.Ordinal);
        Assert.Single(html.Split("/t/o/").Skip(1));
        Assert.Null(Text(sent, "pixelHtml"));
        Assert.Equal(
            ["1000001@bcc.waybill.test"],
            sent.GetProperty("bcc").GetProperty("add").EnumerateArray().Select(a => a.GetString()!)
        );
        var row = await RowAsync(draft);
        Assert.True(
            _waybill
                .Services.GetRequiredService<MailTickets>()
                .TryRead(Text(sent, "headers", "X-Waybill-Mail"), out var ticket)
        );
        Assert.Equal((row.Id, _anna.Id), (ticket.MailId, ticket.UserId));
        Assert.True(row is { State: SendState.Sent, Subject: "Offer for Q4", WhyNotTracked: null, Log: true });
        Assert.NotNull(row.SentAt);
        Assert.Equal(_maria.Id, Assert.Single(row.Recipients).ContactId);
        var link = Assert.Single(row.Links);
        Assert.Equal(
            (0, "https://files.northwind.test/offer?a=1&b=2", "the offer"),
            (link.Number, link.Url, link.Text)
        );
        Assert.Equal([new MailChanged(_anna.Id, row.Id, null)], heard);

        // The same call again: the same answer, and nothing happens twice.
        var again = await SendAsync(draft, people);
        Assert.Equal(html, Text(again, "html"));
        var after = await RowAsync(draft);
        Assert.Equal(row.SentAt, after.SentAt);
        Assert.Equal(row.Links.Select(l => l.Id), after.Links.Select(l => l.Id));
        Assert.Equal(row.Recipients.Select(r => r.Id), after.Recipients.Select(r => r.Id));
        Assert.Single(heard);
    }

    [Fact]
    public async Task A_late_word_from_the_pane_changes_nothing_about_a_mail_that_has_left()
    {
        var people = To("maria@contoso.test");
        var draft = await DraftAsync(people);
        await SendAsync(draft, people);
        await DraftAsync(To("other@contoso.test"), track: false, draftId: Text(draft, "draftId"));

        var row = await RowAsync(draft);
        Assert.True(row is { State: SendState.Sent, TrackOpens: true });
        Assert.Equal("maria@contoso.test", Assert.Single(row.Recipients).Address);
    }

    [Fact]
    public async Task Preparing_does_all_but_send_and_can_be_undone()
    {
        var people = To("maria@contoso.test");
        var draft = await DraftAsync(people);
        var prepared = Text(await SendAsync(draft, people, prepare: true), "html")!;
        Assert.Equal(SendState.Draft, (await RowAsync(draft)).State);
        Assert.Single((await RowAsync(draft)).Links);

        // What stands in the body now is ours; sending wraps the same targets, once.
        var sent = await SendAsync(draft, people, html: prepared);
        Assert.Null(Text(sent, "html"));
        var undone = await SendAsync(draft, people, html: prepared, track: false, prepare: true);
        Assert.Equal(Html, Text(undone, "html"));
    }

    [Fact]
    public async Task An_appended_pixel_is_not_put_in_twice()
    {
        var people = To("maria@contoso.test");
        var draft = await DraftAsync(people);
        var sent = await SendAsync(draft, people, pixelAppended: true);

        Assert.DoesNotContain("/t/o/", Text(sent, "html")!, StringComparison.Ordinal);
        Assert.Null(Text(sent, "pixelHtml"));
        Assert.True((await RowAsync(draft)).TrackOpens);
    }

    [Fact]
    public async Task A_body_with_pictures_is_left_alone_and_the_writer_told()
    {
        var people = To("maria@contoso.test");
        var draft = await DraftAsync(people);
        var sent = await SendAsync(draft, people, hasInlineImages: true);

        Assert.Null(Text(sent, "html"));
        Assert.Contains("/t/o/", Text(sent, "pixelHtml")!, StringComparison.Ordinal);
        Assert.Contains("pictures", Text(sent, "message")!, StringComparison.Ordinal);
        Assert.True(await RowAsync(draft) is { TrackOpens: true, TrackClicks: false, State: SendState.Sent });
    }

    [Fact]
    public async Task Logged_without_tracking_is_kept_and_neither_is_no_mail_of_ours()
    {
        var people = To("maria@contoso.test");
        var logged = await DraftAsync(people, track: false);
        var sent = await SendAsync(logged, people, track: false);
        Assert.Null(Text(sent, "html"));
        Assert.True(await RowAsync(logged) is { State: SendState.Sent, Track: false, Log: true, WhyNotTracked: null });

        var neither = await DraftAsync(people);
        sent = await SendAsync(neither, people, track: false, log: false);
        Assert.Empty(sent.GetProperty("headers").EnumerateObject());
        Assert.Equal(
            ["1000001@bcc.waybill.test"],
            sent.GetProperty("bcc").GetProperty("remove").EnumerateArray().Select(a => a.GetString()!)
        );
        Assert.Equal(SendState.Draft, (await RowAsync(neither)).State);
    }

    [Theory]
    [InlineData("sales@northwind.test", true)]
    [InlineData("ANNA@northwind.test", true)]
    [InlineData("boss@northwind.test", false)]
    [InlineData("", false)]
    public async Task From_must_be_the_users_own(string from, bool own)
    {
        var people = To("maria@contoso.test");
        var draft = await DraftAsync(people, from: from);
        var sent = await SendAsync(draft, people, from: from);

        Assert.Equal(own, draft.GetProperty("track").GetProperty("allowed").GetBoolean());
        Assert.Equal(own, draft.GetProperty("log").GetProperty("records").GetArrayLength() > 0);
        Assert.Equal(own, Text(sent, "html") is not null);
        Assert.Equal(own, sent.GetProperty("bcc").GetProperty("add").GetArrayLength() == 1);
        Assert.Equal(own ? null : $"{_waybill.Url}/settings/me", Text(draft, "track", "reason", "actionUrl"));
    }

    [Fact]
    public async Task A_ticket_is_good_for_its_user_and_its_time()
    {
        var people = To("maria@contoso.test");
        var draft = await DraftAsync(people);
        var row = await RowAsync(draft);
        var tickets = _waybill.Services.GetRequiredService<DraftTickets>();
        foreach (
            var bad in new[]
            {
                "nonsense",
                tickets.Mint(new(row.Id, _anna.Id), TimeSpan.FromSeconds(-1)),
                tickets.Mint(new(row.Id, _anna.Id + 1)),
                tickets.Mint(new(row.Id + 1, _anna.Id)),
                _waybill.Services.GetRequiredService<MailTickets>().Mint(new(row.Id, _anna.Id)),
            }
        )
            Assert.Equal(
                HttpStatusCode.Unauthorized,
                (await CallAsync("/compose/send", new { html = "" }, $"Draft {bad}")).Status
            );
        Assert.Equal(
            HttpStatusCode.Unauthorized,
            (await CallAsync("/compose/send", new { html = "" }, $"Bearer {_access}")).Status
        );

        await using (var db = _waybill.Db())
            await db.Users.ExecuteUpdateAsync(set => set.SetProperty(u => u.Active, false));
        var good = $"Draft {tickets.Mint(new(row.Id, _anna.Id))}";
        Assert.Equal(HttpStatusCode.Unauthorized, (await CallAsync("/compose/send", new { html = "" }, good)).Status);
    }

    [Fact]
    public async Task What_is_too_much_or_no_JSON_is_refused_in_words()
    {
        var draft = await DraftAsync(To("maria@contoso.test"));
        var ticket = $"Draft {Text(draft, "ticket")}";
        var (status, body) = await CallAsync(
            "/compose/send",
            new { html = new string('x', (4 * 1024 * 1024) + 1) },
            ticket
        );
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, status);
        Assert.NotNull(Text(body, "detail"));

        var crowd = Enumerable.Range(0, 501).Select(i => $"p{i}@contoso.test").ToArray();
        (status, body) = await CallAsync(
            "/compose/draft",
            new { from = "", recipients = To(crowd) },
            $"Bearer {_access}"
        );
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("500", Text(body, "detail")!, StringComparison.Ordinal);

        (status, body) = await CallAsync("/compose/draft", new { track = "perhaps" }, $"Bearer {_access}");
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.NotNull(Text(body, "detail"));
    }

    [Fact]
    public async Task While_the_database_is_locked_the_mail_still_gets_its_answer_in_time()
    {
        var people = To("maria@contoso.test");
        var draft = await DraftAsync(people);
        await using var writer = _waybill.Db();
        await using (var held = await writer.Database.BeginTransactionAsync())
        {
            await writer.Users.ExecuteUpdateAsync(set => set.SetProperty(u => u.Name, "Anna"));
            var sent = await SendAsync(draft, people);

            Assert.Contains("/t/c/", Text(sent, "html")!, StringComparison.Ordinal);
            await held.RollbackAsync();
        }
    }
}
