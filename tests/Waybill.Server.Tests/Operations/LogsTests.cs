using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MimeKit;
using Waybill.Server.Crm;
using Waybill.Server.Operations;
using Waybill.Server.Tests.Identity;

namespace Waybill.Server.Tests.Operations;

/// <summary>Logs are for the operator: they name numbers, not people, at whatever level.</summary>
public sealed partial class LogsTests
{
    const string Subject = "Angebot-für-Zaubernuss";
    const string WrongPassword = "wrong-horse-9876";

    [Fact]
    public async Task The_main_story_leaves_no_person_subject_or_secret_in_the_log_at_any_level()
    {
        await using var waybill = new WaybillHost { More = ["--Logging:LogLevel:Default=Trace"] };
        await waybill.StartAsync();
        var said = Hear(waybill);

        var secrets = await StoryAsync(waybill);

        var log = string.Join('\n', said.Lines);
        Assert.Contains("Logged mail ", log, StringComparison.Ordinal);
        Assert.Contains("Sign-in refused for user ", log, StringComparison.Ordinal);
        foreach (var secret in secrets)
            Assert.DoesNotContain(secret, log, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task The_reference_of_an_error_page_is_found_in_the_log()
    {
        await using var waybill = new WaybillHost();
        await waybill.StartAsync();
        var said = Hear(waybill);
        await waybill.AddUserAsync("anna@northwind.test", WebVisitor.GivePassword);
        using var visitor = new WebVisitor(waybill.Url);
        await visitor.SignInAsync("anna@northwind.test");
        await using (var db = waybill.Db())
            await db.Database.ExecuteSqlRawAsync("ALTER TABLE records RENAME COLUMN name TO name_away");

        using var answer = await visitor.Http.GetAsync(new Uri("/contacts?q=Zaubernuss", UriKind.Relative));
        var page = await answer.Content.ReadAsStringAsync();

        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        var reference = Reference().Match(page).Groups["reference"].Value;
        Assert.NotEmpty(reference);
        Assert.Contains(
            said.Lines,
            line => line.Contains($"GET /contacts failed. Reference {reference}", StringComparison.Ordinal)
        );
        Assert.Single(said.Lines, line => line.Contains(reference, StringComparison.Ordinal));
        Assert.DoesNotContain(said.Lines, line => line.Contains("Zaubernuss", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Information, false)]
    [InlineData("Microsoft.AspNetCore.Routing.Matching", LogLevel.Debug, false)]
    [InlineData("Microsoft.AspNetCore.Server.Kestrel", LogLevel.Error, true)]
    [InlineData("OpenIddict.Server.OpenIddictServerDispatcher", LogLevel.Information, false)]
    [InlineData("Waybill.Server.Logging.LogEmail", LogLevel.Debug, true)]
    [InlineData("Microsoft.AspNetCore.Diagnostics.ExceptionHandlerMiddleware", LogLevel.Error, false)]
    public void What_carries_paths_and_forms_is_silent_and_the_rest_speaks(
        string category,
        LogLevel level,
        bool speaks
    ) => Assert.Equal(speaks, Logs.MaySay(category, level));

    static Said Hear(WaybillHost waybill)
    {
        var said = new Said();
        waybill.Services.GetRequiredService<ILoggerFactory>().AddProvider(said);
        return said;
    }

    /// <summary>Returns what must be in no log.</summary>
    static async Task<string[]> StoryAsync(WaybillHost waybill)
    {
        await waybill.ChangeSettingsAsync(s => s.OwnDomains = ["northwind.test"]);
        var anna = await waybill.AddUserAsync(
            "anna@northwind.test",
            u =>
            {
                WebVisitor.GivePassword(u);
                u.Name = "Anna Kowalska";
            }
        );
        await waybill.AddRecordAsync(
            RecordTypes.Contact,
            "Maria Nowak",
            r => (r["email"], r.OwnerId) = ("maria@contoso.test", anna.Id)
        );
        using var visitor = new WebVisitor(waybill.Url);
        (await visitor.TrySignInAsync("anna@northwind.test", WrongPassword)).Dispose();
        (await visitor.TrySignInAsync("stranger@elsewhere.test", WrongPassword)).Dispose();
        await visitor.SignInAsync("anna@northwind.test");
        using var pane = Pane.At($"https://localhost:{waybill.HttpsPort}");
        var grant = await pane.AskAsync();
        var page = await visitor.SeeAsync(new Uri(grant.Complete).PathAndQuery);
        (await visitor.SubmitAsync(page, "form:has(button[name=answer])", ("answer", "approve"))).Dispose();
        var tokens = await pane.PollAsync(grant);
        var html = await SendTrackedAsync(pane, tokens.Access!);
        var links = Link().Matches(html).Select(m => m.Value).ToArray();
        Assert.NotEmpty(links);
        using var reader = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false })
        {
            DefaultRequestHeaders = { { "X-Forwarded-For", "198.51.100.231" } },
        };
        foreach (var link in links)
            (
                await reader.GetAsync(
                    new Uri($"http://127.0.0.1:{waybill.HttpPort}{new Uri(link).PathAndQuery}"),
                    HttpCompletionOption.ResponseHeadersRead
                )
            ).Dispose();
        (await reader.GetAsync(new Uri($"{waybill.Url}/not-there?email=anna@northwind.test"))).Dispose();
        await waybill.DrainedAsync("hits");
        var mail = new MimeMessage
        {
            Subject = Subject,
            From = { new MailboxAddress("Anna Kowalska", "anna@northwind.test") },
            To = { new MailboxAddress("Maria Nowak", "maria@contoso.test") },
            Body = new TextPart("plain") { Text = "Zwischen uns gesagt" },
        };
        await waybill.SendAsync(mail, "1000001@bcc.waybill.test");
        await SpeakAsync(
            waybill,
            $"From: broken <<maria@contoso.test\r\nSubject: {Subject}\r\nContent-Type: multipart/mixed; boundary=\r\nDate: never\r\n\r\n\0\u00ff{Subject}"
        );
        foreach (
            var path in new[]
            {
                "/feed",
                "/contacts?q=maria@contoso.test",
                "/settings",
                "/demo/inbox/messages?to=maria@contoso.test",
            }
        )
            (await visitor.Http.GetAsync(new Uri(path, UriKind.Relative))).Dispose();
        return
        [
            "anna@northwind.test",
            "stranger@elsewhere.test",
            "maria@contoso.test",
            "Kowalska",
            "Nowak",
            Subject,
            "Zwischen uns",
            WebVisitor.Password,
            WrongPassword,
            "198.51.100.231",
            grant.DeviceCode,
            grant.UserCode,
            grant.UserCode.Replace("-", "", StringComparison.Ordinal),
            tokens.Access!,
            tokens.Refresh!,
            "waybill-session",
            .. links.Select(link => new Uri(link).Segments[3].Trim('/')),
        ];
    }

    static async Task<string> SendTrackedAsync(Pane pane, string access)
    {
        var people = new[]
        {
            new
            {
                kind = "to",
                address = "maria@contoso.test",
                name = "Maria Nowak",
            },
        };
        var draft = await PostAsync(
            "/compose/draft",
            new
            {
                from = "anna@northwind.test",
                recipients = people,
                subject = Subject,
                track = true,
                log = true,
            },
            $"Bearer {access}"
        );
        var sent = await PostAsync(
            "/compose/send",
            new
            {
                from = "anna@northwind.test",
                recipients = people,
                subject = Subject,
                track = true,
                log = true,
                html = "<html><body><p><a href=\"https://files.northwind.test/offer\">the offer</a></p></body></html>",
            },
            $"Draft {draft.GetProperty("ticket").GetString()}"
        );
        return sent.GetProperty("html").GetString()!;

        async Task<JsonElement> PostAsync(string path, object json, string authorization)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(json) };
            request.Headers.Authorization = AuthenticationHeaderValue.Parse(authorization);
            using var answer = await pane.Http.SendAsync(request);
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
            return JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
        }
    }

    /// <summary>Bytes that no mail program would send.</summary>
    static async Task SpeakAsync(WaybillHost waybill, string content)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, waybill.SmtpPort);
        await using var stream = client.GetStream();
        using var answers = new StreamReader(stream);
        await answers.ReadLineAsync();
        foreach (
            var line in new[]
            {
                "HELO laptop-of-anna",
                "MAIL FROM:<anna@northwind.test>",
                "RCPT TO:<nobody@nowhere.invalid>",
                "RCPT TO:<1000001@bcc.waybill.test>",
                "DATA",
                content + "\r\n.",
            }
        )
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(line + "\r\n"));
            Assert.NotNull(await answers.ReadLineAsync());
        }
        await waybill.DrainedAsync("mail");
    }

    [GeneratedRegex(@"<code>(?<reference>[^<]+)</code>")]
    private static partial Regex Reference();

    [GeneratedRegex(@"https?://[^""\s<>]+/t/[oc]/[^""\s<>]+")]
    private static partial Regex Link();
}
