using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Waybill.EndToEnd;

/// <summary>The published server behind nginx with TLS, set up as deploy/nginx.conf says.</summary>
public sealed partial class BehindNginxTests(Browser browser) : IClassFixture<Browser>, IAsyncLifetime
{
    readonly Nginx _nginx = new();
    RunningWaybill _waybill = null!;

    public async ValueTask InitializeAsync()
    {
        _waybill = new RunningWaybill
        {
            Settings = { ["WAYBILL_URL"] = _nginx.Url, ["Waybill__Tracking__Url"] = _nginx.TrackingUrl },
        };
        await _nginx.StartAsync(_waybill.HttpPort);
        await _waybill.InitializeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _nginx.DisposeAsync();
        await _waybill.DisposeAsync();
    }

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
        var session = (await anna.CookiesAsync()).Single(c => c.Name == "waybill-session");
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
    public async Task The_doctor_finds_nothing_wrong_but_who_issued_the_certificate()
    {
        var (_, untrusted) = await _waybill.AskAsync("doctor");
        Assert.Contains("does not trust who issued it", untrusted, StringComparison.Ordinal);

        var (code, said) = await _waybill.AskAsync("doctor", ("SSL_CERT_FILE", _nginx.AuthorityFile));

        Assert.DoesNotContain("problem", said, StringComparison.Ordinal);
        Assert.Equal(0, code);
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
