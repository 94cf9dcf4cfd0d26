using System.Net;
using Microsoft.EntityFrameworkCore;
using OpenIddict.EntityFrameworkCore.Models;
using Waybill.Server.Identity;

namespace Waybill.Server.Tests.Identity;

public sealed class SessionsTests(WaybillHost waybill) : IClassFixture<WaybillHost>
{
    const string FirefoxOnLinux = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

    [Theory]
    [InlineData(FirefoxOnLinux, "Firefox", "Linux")]
    [InlineData(
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0",
        "Edge",
        "Windows"
    )]
    [InlineData(
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
        "Chrome",
        "Windows"
    )]
    [InlineData(
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1",
        "Safari",
        "iPhone"
    )]
    [InlineData(
        "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36",
        "Chrome",
        "Android"
    )]
    [InlineData(
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15",
        "Safari",
        "Mac"
    )]
    [InlineData("curl/8.0 <script>", "", "")]
    [InlineData(null, "", "")]
    public void A_browser_goes_by_the_name_a_person_knows(string? userAgent, string browser, string system) =>
        Assert.Equal((browser, system), BrowserNames.Of(userAgent));

    [Fact]
    public async Task A_device_is_listed_by_name_and_signed_out_from_another_at_once()
    {
        var (user, visitor) = await waybill.SignedInAsync();
        using var _ = visitor;
        using var lost = new WebVisitor(waybill.Url);
        lost.Http.DefaultRequestHeaders.UserAgent.ParseAdd(FirefoxOnLinux);
        await lost.SignInAsync(user.Email!);
        var page = await visitor.SeeAsync(SecurityHost.Page);
        Assert.Contains("Firefox on Linux", page.Body!.TextContent, StringComparison.Ordinal);
        Assert.Contains("This device", page.Body!.TextContent, StringComparison.Ordinal);

        using (var ended = await visitor.SubmitAsync(page, "form:has(input[value^=session-])"))
            Assert.Equal(HttpStatusCode.Found, ended.StatusCode);
        Assert.False(await lost.IsSignedInAsync());
        Assert.True(await visitor.IsSignedInAsync());
    }

    [Fact]
    public async Task Nobody_ends_another_users_session()
    {
        var (user, visitor) = await waybill.SignedInAsync();
        using var _ = visitor;
        var (other, stranger) = await waybill.SignedInAsync();
        using var __ = stranger;
        await using var db = waybill.Db();
        var session = await db.Sessions.SingleAsync(s => s.UserId == user.Id);

        Assert.False(await Sessions.EndAsync(db, other.Id, session.Id));
        Assert.True(await visitor.IsSignedInAsync());
    }

    [Fact]
    public async Task A_kept_cookie_is_worth_nothing_after_signing_out()
    {
        var (user, visitor) = await waybill.SignedInAsync();
        using var _ = visitor;
        using var signIn = await visitor.TrySignInAsync(user.Email!);
        var cookie = signIn
            .Headers.GetValues("Set-Cookie")
            .Single(c => c.StartsWith("waybill-session=", StringComparison.Ordinal))
            .Split(';')[0];
        using var thief = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false });
        async Task<HttpStatusCode> TryAsync()
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"{waybill.Url}/settings/me");
            request.Headers.Add("Cookie", cookie);
            using var answer = await thief.SendAsync(request);
            return answer.StatusCode;
        }
        Assert.Equal(HttpStatusCode.OK, await TryAsync());

        (await visitor.SubmitAsync(await visitor.SeeAsync("/settings/me"), "form[action='/sign-out']")).Dispose();
        Assert.Equal(HttpStatusCode.Found, await TryAsync());
    }

    [Theory]
    [InlineData(29, 89, true)]
    [InlineData(31, 40, false)]
    [InlineData(1, 91, false)]
    public async Task A_session_ends_after_30_days_without_a_visit_and_after_90_in_any_case(
        int seenDaysAgo,
        int openedDaysAgo,
        bool alive
    )
    {
        var (user, visitor) = await waybill.SignedInAsync();
        using var _ = visitor;
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        await using var db = waybill.Db();
        await db
            .Sessions.Where(s => s.UserId == user.Id)
            .ExecuteUpdateAsync(set =>
                set.SetProperty(s => s.SeenAt, now.AddDays(-seenDaysAgo))
                    .SetProperty(s => s.CreatedAt, now.AddDays(-openedDaysAgo))
            );

        Assert.Equal(alive, await visitor.IsSignedInAsync());
        if (alive)
            Assert.True((await db.Sessions.SingleAsync(s => s.UserId == user.Id)).SeenAt > now.AddMinutes(-1));
    }

    [Fact]
    public async Task Sign_out_everywhere_ends_every_device_and_pane()
    {
        var (user, visitor) = await waybill.SignedInAsync();
        using var _ = visitor;
        using var other = await waybill.AgainAsync(user);
        var (pane, tokens) = await PairAsync(visitor);
        using var __ = pane;
        using (var answer = await visitor.PostAsync(await visitor.SeeAsync(SecurityHost.Page), "everywhere"))
            Assert.EndsWith("/sign-in", answer.Headers.Location!.OriginalString, StringComparison.Ordinal);

        Assert.False(await visitor.IsSignedInAsync());
        Assert.False(await other.IsSignedInAsync());
        Assert.Equal(HttpStatusCode.Unauthorized, await pane.StartAsync(tokens.Access!));
    }

    [Theory]
    [InlineData("true", HttpStatusCode.Unauthorized)]
    [InlineData(null, HttpStatusCode.OK)]
    public async Task A_changed_password_signs_out_the_others_and_panes_if_asked(string? apps, HttpStatusCode paneGets)
    {
        var (user, visitor) = await waybill.SignedInAsync();
        using var _ = visitor;
        using var other = await waybill.AgainAsync(user);
        var (pane, tokens) = await PairAsync(visitor);
        using var __ = pane;
        var page = await visitor.SeeAsync(SecurityHost.Page);
        using (
            var answer = await visitor.PostAsync(
                page,
                "password",
                ("Password.Present", WebVisitor.Password),
                ("Password.Wanted", "willow-harbor-2210"),
                ("Password.Apps", apps)
            )
        )
            Assert.EndsWith("done=password", answer.Headers.Location!.OriginalString, StringComparison.Ordinal);

        Assert.True(await visitor.IsSignedInAsync());
        Assert.False(await other.IsSignedInAsync());
        Assert.Equal(paneGets, await pane.StartAsync(tokens.Access!));
        using var again = await other.TrySignInAsync(user.Email!, "willow-harbor-2210");
        Assert.Equal(HttpStatusCode.Found, again.StatusCode);
    }

    [Theory]
    [InlineData("wrong", "willow-harbor-2210", "That is not your password")]
    [InlineData(WebVisitor.Password, "short", "Use 12 characters or more")]
    [InlineData(WebVisitor.Password, "northwind-1234567", "Leave out your name")]
    public async Task A_password_is_changed_only_with_the_present_one_and_to_a_good_one(
        string present,
        string wanted,
        string said
    )
    {
        var (user, visitor) = await waybill.SignedInAsync();
        using var _ = visitor;
        var page = await visitor.SeeAsync(SecurityHost.Page);
        using (
            var answer = await visitor.PostAsync(
                page,
                "password",
                ("Password.Present", present),
                ("Password.Wanted", wanted)
            )
        )
            Assert.Contains(
                said,
                (await SecurityHost.ReadAsync(answer)).QuerySelector("p.wrong")!.TextContent,
                StringComparison.Ordinal
            );

        using var other = await waybill.AgainAsync(user);
        Assert.True(await other.IsSignedInAsync());
    }

    [Fact]
    public async Task Changes_to_how_one_signs_in_need_the_password_said_a_short_while_ago()
    {
        var (user, visitor) = await waybill.SignedInAsync();
        using var _ = visitor;
        var fresh = await visitor.SeeAsync(SecurityHost.Page);
        await using (var db = waybill.Db())
            await db
                .Sessions.Where(s => s.UserId == user.Id)
                .ExecuteUpdateAsync(set => set.SetProperty(s => s.ProvedAt, DateTime.UnixEpoch));

        using (var turned = await visitor.Http.GetAsync(new Uri("/settings/security/two-factor", UriKind.Relative)))
            Assert.Contains("/confirm?", turned.Headers.Location!.OriginalString, StringComparison.Ordinal);
        using (var refused = await visitor.SubmitAsync(fresh, "form[data-passkey]", ("credential", "{}")))
            Assert.EndsWith("done=passkey-refused", refused.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Null((await visitor.SeeAsync(SecurityHost.Page)).QuerySelector("form[data-passkey]"));

        var confirm = await visitor.SeeAsync("/settings/security/confirm?returnUrl=https%3A%2F%2Felsewhere.test");
        (await visitor.PostAsync(confirm, "confirm", ("Form.Password", "wrong"))).Dispose();
        Assert.Null((await visitor.SeeAsync(SecurityHost.Page)).QuerySelector("form[data-passkey]"));
        using (var done = await visitor.PostAsync(confirm, "confirm", ("Form.Password", WebVisitor.Password)))
            Assert.EndsWith(SecurityHost.Page, done.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.NotNull((await visitor.SeeAsync(SecurityHost.Page)).QuerySelector("form[data-passkey]"));
    }

    [Fact]
    public async Task What_is_over_is_cleared_away_and_what_lives_stays()
    {
        var (user, visitor) = await waybill.SignedInAsync();
        using var _ = visitor;
        var (pane, tokens) = await PairAsync(visitor);
        using var __ = pane;
        await using var db = waybill.Db();
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        await Sessions.OpenAsync(db, TimeProvider.System, user.Id, "an old stamp", "", default);
        var key = $"{Guid.NewGuid()}";
        db.SignInTries.Add(new SignInTry { Key = key, LastAt = now.AddDays(-2) });
        var old = new OpenIddictEntityFrameworkCoreToken<long>
        {
            CreationDate = now.AddDays(-60),
            ExpirationDate = now.AddDays(-30),
            Status = "valid",
            Subject = "1",
            Type = "refresh_token",
        };
        db.Add(old);
        await db.SaveChangesAsync();

        await CleanSignIn.NowAsync(waybill.Services, TimeProvider.System, default);

        Assert.Single(await db.Sessions.Where(s => s.UserId == user.Id).ToListAsync());
        Assert.False(await db.SignInTries.AnyAsync(t => t.Key == key));
        Assert.False(await db.Set<OpenIddictEntityFrameworkCoreToken<long>>().AnyAsync(t => t.Id == old.Id));
        Assert.True(await visitor.IsSignedInAsync());
        Assert.Equal(HttpStatusCode.OK, await pane.StartAsync(tokens.Access!));
    }

    async Task<(Pane Pane, Tokens Tokens)> PairAsync(WebVisitor visitor)
    {
        var pane = Pane.At(waybill.Url);
        var grant = await pane.AskAsync();
        var page = await visitor.SeeAsync(new Uri(grant.Complete).PathAndQuery);
        (await visitor.SubmitAsync(page, "form:has(button[name=answer])", ("answer", "approve"))).Dispose();
        return (pane, await pane.PollAsync(grant));
    }
}
