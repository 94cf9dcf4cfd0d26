using System.Net;
using Waybill.Server.Crm;
using Waybill.Server.Feed;
using Waybill.Server.Tests.Crm;
using Waybill.Server.Tracking;

namespace Waybill.Server.Tests.Web;

/// <summary>Search, bell and mail as a browser without a script gets them.</summary>
public sealed class ShellPagesTests(WaybillHost host) : IClassFixture<WaybillHost>
{
    static readonly DateTime Noon = new(2026, 10, 12, 12, 0, 0, DateTimeKind.Utc);

    [Fact]
    public async Task The_search_page_works_without_a_script_and_shows_what_was_asked_as_text()
    {
        var company = await host.AddRecordAsync(RecordTypes.Company, "Wąchock Granit");
        var (_, browser) = await SignIn.AsNewUserAsync(host);

        var page = await browser.GetStringAsync("/search?q=wachock", Stop);
        Assert.Contains($"href=\"/companies/{company.Id}\"", page, StringComparison.Ordinal);
        var hostile = await browser.GetStringAsync("/search?q=" + Uri.EscapeDataString("<script>\"*"), Stop);
        Assert.DoesNotContain("<script>\"", hostile, StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;", hostile, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Suggestions_are_options_of_a_list_box()
    {
        var deal = await host.AddRecordAsync(RecordTypes.Deal, "Suggestible scanners");
        var (_, browser) = await SignIn.AsNewUserAsync(host);

        var options = await browser.GetStringAsync("/search/suggestions?q=suggest", Stop);

        Assert.Matches($"<a role=\"option\"[^>]* href=\"/deals/{deal.Id}\"", options);
        Assert.DoesNotContain("<html", options, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/search?q=a")]
    [InlineData("/search/suggestions?q=a")]
    [InlineData("/feed/notices")]
    [InlineData("/mail")]
    [InlineData("/mail/sent/1")]
    public async Task Who_is_not_signed_in_finds_nothing(string path)
    {
        using var answer = await SignIn.Browser(host).GetAsync(path, Stop);

        Assert.NotEqual(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Marking_as_read_needs_the_token_of_a_page_and_empties_the_bell()
    {
        var (user, browser) = await SignIn.AsNewUserAsync(host);
        var mail = await SendAsync(user.Id, "Bell offer", Noon);
        await HitAsync(mail);
        Assert.Contains("1 new", await browser.GetStringAsync("/contacts", Stop), StringComparison.Ordinal);
        var fragment = await browser.GetStringAsync("/feed/notices", Stop);
        Assert.Contains("Bell offer", fragment, StringComparison.Ordinal);

        using var forged = await PostAsync(browser, "/feed/notices/read", ("upTo", "999999"));
        Assert.Equal(HttpStatusCode.BadRequest, forged.StatusCode);
        using var answer = await PostAsync(
            browser,
            "/feed/notices/read",
            ("upTo", "999999"),
            ("__RequestVerificationToken", SignIn.TokenOf(fragment))
        );

        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        Assert.DoesNotContain("1 new", await browser.GetStringAsync("/contacts", Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Desktop_notifications_are_muted_for_this_user_and_back()
    {
        var (user, browser) = await SignIn.AsNewUserAsync(host);
        var fragment = await browser.GetStringAsync("/feed/notices", Stop);

        using var answer = await PostAsync(
            browser,
            "/feed/notices/mute",
            ("muted", "true"),
            ("__RequestVerificationToken", SignIn.TokenOf(fragment))
        );

        Assert.Contains(
            "data-muted=\"true\"",
            await browser.GetStringAsync("/contacts", Stop),
            StringComparison.Ordinal
        );
        await using var db = host.Db();
        Assert.True((await db.ReaderAsync(user.Id, Stop)).Muted);
    }

    [Fact]
    public async Task My_mail_stands_on_pages_of_fifty_each_mail_once_and_nobody_elses()
    {
        var (user, browser) = await SignIn.AsNewUserAsync(host);
        var other = await host.AddUserAsync($"{Guid.NewGuid():n}@northwind.test");
        await SendAsync(other.Id, "Mail of another", Noon.AddDays(1));
        // Several at one moment, across the end of the page.
        for (var n = 0; n < 120; n++)
            await SendAsync(user.Id, $"Mail-{n:d3}!", Noon.AddMinutes(n / 7), track: n % 2 == 0);

        var seen = new List<string>();
        var address = "/mail";
        for (var pages = 0; address is not null && pages < 5; pages++)
        {
            var page = await browser.GetStringAsync(address, Stop);
            Assert.DoesNotContain("Mail of another", page, StringComparison.Ordinal);
            seen.AddRange(
                System.Text.RegularExpressions.Regex.Matches(page, ">(Mail-\\d{3})!<").Select(m => m.Groups[1].Value)
            );
            address = System.Text.RegularExpressions.Regex.Match(page, "rel=\"next\" href=\"([^\"]+)\"")
                is { Success: true } next
                ? WebUtility.HtmlDecode(next.Groups[1].Value)
                : null;
        }

        Assert.Equal(Enumerable.Range(0, 120).Reverse().Select(n => $"Mail-{n:d3}"), seen);
        var tracked = await browser.GetStringAsync("/mail?show=tracked", Stop);
        Assert.Contains("Mail-118!", tracked, StringComparison.Ordinal);
        Assert.DoesNotContain("Mail-119!", tracked, StringComparison.Ordinal);
        Assert.Contains(
            "Nothing here",
            await browser.GetStringAsync("/mail?show=logged", Stop),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("x")]
    [InlineData("zzzz-s1")]
    [InlineData("7fffffffffffffff-s1")]
    [InlineData("ffffffffffffffff-s1")]
    [InlineData("1-s99999999999999999999")]
    [InlineData("1-x1")]
    public async Task A_broken_page_address_shows_the_first_page(string after)
    {
        var (user, browser) = await SignIn.AsNewUserAsync(host);
        await SendAsync(user.Id, "Still here", Noon);

        Assert.Contains(
            "Still here",
            await browser.GetStringAsync($"/mail?after={after}", Stop),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_mail_of_my_own_has_a_page_and_anothers_has_none()
    {
        var (user, browser) = await SignIn.AsNewUserAsync(host);
        var other = await host.AddUserAsync($"{Guid.NewGuid():n}@northwind.test");
        var mine = await SendAsync(user.Id, "My own mail", Noon);
        var theirs = await SendAsync(other.Id, "Their own mail", Noon);
        await HitAsync(mine);

        Assert.Contains("Opened", await browser.GetStringAsync($"/mail/sent/{mine}", Stop), StringComparison.Ordinal);
        using var answer = await browser.GetAsync($"/mail/sent/{theirs}", Stop);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    static async Task<HttpResponseMessage> PostAsync(HttpClient browser, string path, params (string, string)[] fields)
    {
        using var form = new FormUrlEncodedContent(fields.Select(f => KeyValuePair.Create(f.Item1, f.Item2)));
        return await browser.PostAsync(path, form, Stop);
    }

    async Task<long> SendAsync(long user, string subject, DateTime at, bool track = true)
    {
        await using var db = host.Db();
        var mail = new TrackedEmail
        {
            UserId = user,
            CreatedAt = at,
            Subject = subject,
            State = SendState.Sent,
            SentAt = at,
            LastEventAt = at,
            Track = track,
        };
        mail.Recipients.Add(new TrackedRecipient { Kind = "to", Address = "lead@contoso.test" });
        db.Add(mail);
        await db.SaveChangesAsync(Stop);
        return mail.Id;
    }

    async Task HitAsync(long mailId)
    {
        await using var db = host.Db();
        db.Add(
            new Hit
            {
                SpoolId = Random.Shared.NextInt64(),
                TrackedEmailId = mailId,
                Kind = HitKind.Open,
                At = Noon.AddHours(1),
                Verdict = VerdictKind.Human,
            }
        );
        var mail = (await db.TrackedEmails.FindAsync([mailId], Stop))!;
        mail.Opens++;
        mail.LastEventAt = Noon.AddHours(1);
        await db.SaveChangesAsync(Stop);
    }
}
