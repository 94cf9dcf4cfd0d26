using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MimeKit;

namespace Waybill.Server.Tests.Demo;

/// <summary>The demo's two strangers: Outlook, which sends, and the recipient's mail client.</summary>
public sealed class DemoInboxTests : IAsyncLifetime
{
    readonly WaybillHost _waybill = new();
    readonly HttpClient _http = new();

    public async ValueTask InitializeAsync()
    {
        await _waybill.InitializeAsync();
        await _waybill.AddUserAsync("anna@northwind.test");
        _http.BaseAddress = new Uri(_waybill.Url);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _waybill.DisposeAsync();
    }

    sealed record Headline(long Id, string To, string Subject);

    [Fact]
    public async Task A_mail_sent_in_outlook_arrives_with_its_attachment_and_without_its_bcc()
    {
        using var form = Form("lead@contoso.test", bcc: "hidden@contoso.test");
        form.Add(new ByteArrayContent("120 scanners"u8.ToArray()), "attachment", "Offer.txt");

        using var sent = await _http.PostAsync("/demo/outlook/send", form);
        await _waybill.DrainedAsync("mail");

        Assert.Equal(HttpStatusCode.Accepted, sent.StatusCode);
        foreach (var recipient in new[] { "lead@contoso.test", "hidden@contoso.test" })
        {
            var mail = Assert.Single(await ListAsync(recipient));
            Assert.Equal((recipient, "Offer"), (mail.To, mail.Subject));
            await using var raw = await _http.GetStreamAsync($"/demo/inbox/messages/{mail.Id}/raw");
            var message = await MimeMessage.LoadAsync(raw);
            Assert.Equal("<p>Hello</p>", message.HtmlBody);
            Assert.Equal("Hello", message.TextBody);
            Assert.Equal("Offer.txt", Assert.Single(message.Attachments).ContentDisposition?.FileName);
            Assert.DoesNotContain("hidden", message.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Showing_a_mail_runs_no_script_and_brings_no_session()
    {
        using var form = Form("lead@contoso.test", html: "<p>Hello</p><script>alert(1)</script>");
        using var sent = await _http.PostAsync("/demo/outlook/send", form);
        await _waybill.DrainedAsync("mail");
        var mail = Assert.Single(await ListAsync("lead@contoso.test"));

        using var shown = await _http.GetAsync($"/demo/inbox/messages/{mail.Id}/view");
        var page = await _http.GetStringAsync($"/demo/inbox?to=lead@contoso.test&id={mail.Id}");

        Assert.DoesNotContain("<script", await shown.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains(
            "default-src 'none'",
            shown.Headers.GetValues("Content-Security-Policy").Single(),
            StringComparison.Ordinal
        );
        Assert.Contains(
            $"src=\"http://track.localhost:{_waybill.HttpPort}/demo/inbox/messages/",
            page,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Another_sites_page_can_not_send()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/demo/outlook/send")
        {
            Content = Form("lead@contoso.test"),
        };
        request.Headers.Add("Sec-Fetch-Site", "cross-site");

        using var answer = await _http.SendAsync(request);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Theory]
    [InlineData("not an address", "“not an address” is not an email address.")]
    [InlineData("somebody@example.com", "The mail server refused somebody@example.com")]
    public async Task What_can_not_be_delivered_is_said(string to, string expected)
    {
        using var form = Form(to);

        using var answer = await _http.PostAsync("/demo/outlook/send", form);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.StartsWith(expected, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_demo_there_is_no_inbox_no_outlook_and_no_mail_for_strangers()
    {
        await using var plain = new WaybillHost { Demo = false };
        await plain.InitializeAsync();
        using var http = new HttpClient { BaseAddress = new Uri(plain.Url) };

        foreach (var path in new[] { "/demo/inbox", "/demo/inbox/messages", "/demo/outlook" })
        {
            using var answer = await http.GetAsync(path);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }
    }

    async Task<Headline[]> ListAsync(string to) =>
        await _http.GetFromJsonAsync<Headline[]>($"/demo/inbox/messages?to={to}") ?? [];

    static MultipartFormDataContent Form(string to, string? bcc = null, string html = "<p>Hello</p>")
    {
        var message = JsonSerializer.Serialize(
            new
            {
                from = new { name = "Anna", address = "anna@northwind.test" },
                to = new[] { new { name = "", address = to } },
                bcc = bcc is null ? [] : new[] { new { name = "", address = bcc } },
                subject = "Offer",
                html,
            }
        );
        return new MultipartFormDataContent { { new StringContent(message), "message" } };
    }
}
