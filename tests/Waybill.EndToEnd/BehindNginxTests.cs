using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Waybill.EndToEnd;

/// <summary>The published server behind nginx with TLS, set up as deploy/nginx.conf says.</summary>
public sealed class BehindNginx : IAsyncLifetime
{
    public Nginx Nginx { get; } = new();
    public RunningWaybill Waybill { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Waybill = new RunningWaybill
        {
            Settings = { ["WAYBILL_URL"] = Nginx.Url, ["Waybill__Tracking__Url"] = Nginx.TrackingUrl },
        };
        await Nginx.StartAsync(Waybill.HttpPort);
        await Waybill.InitializeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Nginx.DisposeAsync();
        await Waybill.DisposeAsync();
    }
}

public sealed partial class BehindNginxTests(BehindNginx both, Browser browser)
    : IClassFixture<BehindNginx>,
        IClassFixture<Browser>
{
    readonly Nginx _nginx = both.Nginx;
    readonly RunningWaybill _waybill = both.Waybill;

    [Fact]
    public async Task Signing_in_and_the_live_feed_work_and_the_session_is_for_https_only()
    {
        await using var anna = await browser.NewPersonAsync();
        var page = await anna.NewPageAsync();
        var sockets = new List<string>();
        page.WebSocket += (_, socket) => sockets.Add(socket.Url);
        await page.GotoAsync($"{_nginx.Url}/feed");
        Assert.StartsWith($"{_nginx.Url}/sign-in", page.Url, StringComparison.Ordinal);
        await page.GetByLabel("Email").FillAsync("anna@northwind.test");
        await page.GetByLabel("Password").FillAsync(_waybill.DemoPassword);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Feed" })).ToBeVisibleAsync();
        await Until.TrueAsync(() => Task.FromResult(sockets.Count > 0));
        Assert.All(sockets, url => Assert.StartsWith("wss://waybill.localhost:", url, StringComparison.Ordinal));
        var session = (await anna.CookiesAsync()).Single(c => c.Name == "__Host-waybill-session");
        Assert.True(session.Secure && session.HttpOnly);

        await using var recipient = await browser.NewPersonAsync();
        var outlook = new OutlookWindow(await anna.NewPageAsync());
        await outlook.Page.GotoAsync($"{_nginx.Url}/demo/outlook");
        await outlook.ConnectAsync();
        await outlook.SendAsync(
            new Draft(
                "lead@contoso.test",
                "Behind nginx",
                "<p>Dear Maria, <a href=\"https://files.northwind.test/x\">the offer</a></p>"
            )
        );
        await Expect(page.GetByText("Behind nginx").First).ToBeVisibleAsync();

        using var http = _nginx.NewClient();
        var pixel = Pixel().Match(await MailAsync()).Value;
        Assert.StartsWith(_nginx.TrackingUrl, pixel, StringComparison.Ordinal);
        using var image = await http.GetAsync(new Uri(pixel));
        Assert.Equal("image/gif", image.Content.Headers.ContentType?.MediaType);
        await Expect(page.Locator("main").GetByText("Opened").First).ToBeVisibleAsync();

        // Neither tokens nor queries are in the proxy's log.
        Assert.Contains(" GET waybill.localhost 200 ", _nginx.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("/t/o/", _nginx.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("returnUrl", _nginx.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_for_the_world_is_not_shown_to_it()
    {
        using var http = _nginx.NewClient();
        foreach (
            var (path, status) in new[]
            {
                ($"{_nginx.Url}/healthz", HttpStatusCode.OK),
                ($"{_nginx.Url}/metrics", HttpStatusCode.NotFound),
                ($"{_nginx.Url}/readyz", HttpStatusCode.NotFound),
                ($"{_nginx.TrackingUrl}/sign-in", HttpStatusCode.NotFound),
                ($"{_nginx.TrackingUrl}/feed", HttpStatusCode.NotFound),
                ($"{_nginx.TrackingUrl}/t/o/nonsense.gif", HttpStatusCode.OK),
            }
        )
        {
            using var answer = await http.GetAsync(new Uri(path));
            Assert.Equal((path, status), (path, answer.StatusCode));
        }
        using var big = new ByteArrayContent(new byte[31 * 1024 * 1024]);
        using var refused = await http.PostAsync(new Uri($"{_nginx.Url}/compose/send"), big);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, refused.StatusCode);
        using var page = await http.GetAsync(new Uri($"{_nginx.Url}/sign-in"));
        Assert.True(page.Headers.Contains("Strict-Transport-Security"));
    }

    [Fact]
    public async Task Addresses_it_gives_out_are_the_public_ones_whatever_the_visitor_claims()
    {
        using var http = _nginx.NewClient();
        http.DefaultRequestHeaders.Add("X-Forwarded-Host", "evil.example");
        http.DefaultRequestHeaders.Add("X-Forwarded-Proto", "http");

        using var feed = await http.GetAsync(new Uri($"{_nginx.Url}/feed"));
        Assert.StartsWith($"{_nginx.Url}/sign-in", $"{feed.Headers.Location}", StringComparison.Ordinal);
        var discovery = await http.GetStringAsync(new Uri($"{_nginx.Url}/.well-known/openid-configuration"));
        Assert.Contains($"\"issuer\":\"{_nginx.Url}/\"", Plain(discovery), StringComparison.Ordinal);
        Assert.DoesNotContain("http://", discovery, StringComparison.Ordinal);
        Assert.DoesNotContain("evil", discovery, StringComparison.Ordinal);
        using var page = await http.GetAsync(new Uri($"{_nginx.Url}/sign-in"));
        Assert.True(page.Headers.Contains("Strict-Transport-Security"));
        Assert.All(
            page.Headers.GetValues("Set-Cookie"),
            cookie => Assert.Contains("; secure", cookie, StringComparison.OrdinalIgnoreCase)
        );
    }

    [Fact]
    public async Task Tries_at_sign_in_are_counted_by_the_address_nginx_sees_not_by_the_one_a_visitor_claims()
    {
        using var guesser = _nginx.NewClient(from: IPAddress.Parse("127.0.0.2"));
        var answers = new List<HttpStatusCode>();
        for (var n = 1; n <= 21; n++)
            answers.Add(await TryAsync(guesser, claims: $"198.51.100.{n}"));
        Assert.All(answers[..20], status => Assert.Equal(HttpStatusCode.BadRequest, status)); // the form's token is missing
        Assert.Equal(HttpStatusCode.TooManyRequests, answers[20]);

        using var neighbour = _nginx.NewClient(from: IPAddress.Parse("127.0.0.3"));
        Assert.Equal(HttpStatusCode.BadRequest, await TryAsync(neighbour, claims: "127.0.0.2"));
    }

    async Task<HttpStatusCode> TryAsync(HttpClient http, string claims)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"{_nginx.Url}/sign-in"));
        request.Headers.Add("X-Forwarded-For", claims);
        request.Content = new FormUrlEncodedContent([
            new("Form.Email", "anna@northwind.test"),
            new("Form.Password", "x"),
        ]);
        using var answer = await http.SendAsync(request);
        return answer.StatusCode;
    }

    static string Plain(string json) =>
        json.Replace("\\/", "/", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal);

    [Fact]
    public async Task The_doctor_finds_nothing_wrong()
    {
        var (code, said) = await _waybill.AskAsync("doctor", ("SSL_CERT_FILE", _nginx.AuthorityFile));

        Assert.True(code == 0, said);
        Assert.DoesNotContain("problem", said, StringComparison.Ordinal);
        foreach (
            var line in new[]
            {
                "leads to this Waybill",
                "says who is asking and lets websockets through",
                "/metrics is not shown to the world",
                "waybill.localhost: good until",
                "answers and is up to date",
                $"{_waybill.HttpPort} is held by this Waybill",
                $"{_waybill.SmtpPort} is held by a mail receiver",
            }
        )
            Assert.Contains(line, said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Told_to_stop_it_finishes_the_mail_in_flight_and_ends_well()
    {
        using var smtp = new System.Net.Sockets.TcpClient();
        await smtp.ConnectAsync(IPAddress.Loopback, _waybill.SmtpPort);
        await using var wire = smtp.GetStream();
        using var answers = new StreamReader(wire);
        await answers.ReadLineAsync();
        foreach (
            var line in new[]
            {
                "HELO x",
                "MAIL FROM:<anna@northwind.test>",
                "RCPT TO:<1000001@bcc.waybill.test>",
                "DATA",
            }
        )
        {
            await wire.WriteAsync(Encoding.ASCII.GetBytes(line + "\r\n"));
            await answers.ReadLineAsync();
        }
        await wire.WriteAsync("Subject: half\r\n\r\nhalf a mail\r\n"u8.ToArray());

        var ended = _waybill.TerminateAsync(TimeSpan.FromSeconds(10));
        await Until.TrueAsync(async () =>
        {
            using var http = new HttpClient();
            try
            {
                using var answer = await http.GetAsync(new Uri($"{_waybill.Url}/healthz"));
                return false;
            }
            catch (HttpRequestException)
            {
                return true; // it takes no more
            }
        });
        await wire.WriteAsync("and its end\r\n.\r\n"u8.ToArray());

        Assert.StartsWith("250", await answers.ReadLineAsync(), StringComparison.Ordinal);
        Assert.Equal(0, await ended);
        await _waybill.StartAsync(); // for the others
    }

    sealed record Headline(long Id, string To, string Subject);

    async Task<string> MailAsync()
    {
        using var http = new HttpClient { BaseAddress = new Uri(_waybill.Url) };
        var messages = await Until.NotEmptyAsync(() =>
            http.GetFromJsonAsync<Headline[]>("/demo/inbox/messages?to=lead@contoso.test")
        );
        await using var raw = await http.GetStreamAsync($"/demo/inbox/messages/{messages[0].Id}/raw");
        return (await MimeKit.MimeMessage.LoadAsync(raw)).HtmlBody!;
    }

    [GeneratedRegex(@"https?://[^""\s]+/t/o/[^""\s]+")]
    private static partial Regex Pixel();
}
