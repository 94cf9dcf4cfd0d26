using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MimeKit;
using Waybill.Server.Identity;
using Waybill.Server.Tests.Identity;

namespace Waybill.Server.Tests.Settings;

/// <summary>Settings, Users: inviting, changing, deactivating, over real HTTP, with the mail really delivered.</summary>
public sealed partial class UsersTests : IAsyncLifetime
{
    readonly WaybillHost _waybill = new();
    WebVisitor _admin = null!;
    User _ada = null!;

    public async ValueTask InitializeAsync()
    {
        await _waybill.InitializeAsync();
        await _waybill.ChangeSettingsAsync(a => a.Name = "Northwind");
        (_ada, _admin) = await PersonAsync(_waybill, "ada@northwind.test", Role.SuperAdmin);
    }

    public async ValueTask DisposeAsync()
    {
        _admin.Dispose();
        await _waybill.DisposeAsync();
    }

    static async Task<(User User, WebVisitor Visitor)> PersonAsync(WaybillHost host, string email, Role role)
    {
        var user = await host.AddUserAsync(
            email,
            u =>
            {
                WebVisitor.GivePassword(u);
                (u.Role, u.Name) = (role, "Ada Wren");
            }
        );
        var visitor = new WebVisitor(host.Url);
        await visitor.SignInAsync(email);
        return (user, visitor);
    }

    static async Task<string> InviteAsync(WebVisitor admin, string email, params (string, string?)[] more)
    {
        var page = await admin.SeeAsync("/settings/users/invite");
        using var answer = await admin.SubmitAsync(
            page,
            "section form",
            [("Form.Name", "Nina Roth"), ("Form.Email", email), .. more]
        );
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        return answer.Headers.Location!.OriginalString;
    }

    async Task<User> ReadAsync(long id)
    {
        await using var db = _waybill.Db();
        return await db.Users.AsNoTracking().SingleAsync(u => u.Id == id);
    }

    sealed record Headline(long Id, string Subject);

    async Task<MimeMessage> MailToAsync(string address)
    {
        using var http = new HttpClient { BaseAddress = new Uri(_waybill.Url) };
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            var inbox = await http.GetFromJsonAsync<Headline[]>($"/demo/inbox/messages?to={address}", deadline.Token);
            if (inbox is [var newest, ..])
            {
                await using var raw = await http.GetStreamAsync(
                    new Uri($"/demo/inbox/messages/{newest.Id}/raw", UriKind.Relative)
                );
                return await MimeMessage.LoadAsync(raw);
            }
            await Task.Delay(50, deadline.Token);
        }
    }

    [Fact]
    public async Task An_invited_person_gets_a_mail_follows_its_link_and_is_in()
    {
        var place = await InviteAsync(_admin, "Nina@Northwind.test", ("Form.TimeZone", "Asia/Tokyo"));
        var mail = await MailToAsync("nina@northwind.test");

        Assert.Equal("Ada Wren invites you to Northwind on Waybill", mail.Subject);
        Assert.Equal("Waybill", mail.From.Mailboxes.Single().Name);
        Assert.Equal("auto-generated", mail.Headers[HeaderId.AutoSubmitted]);
        var link = Link().Match(mail.TextBody!).Value;
        Assert.Contains(WebUtility.HtmlEncode(link), mail.HtmlBody, StringComparison.Ordinal);
        Assert.Contains(
            "Invited",
            (await _admin.SeeAsync("/settings/users")).Body!.TextContent,
            StringComparison.Ordinal
        );

        using var nina = new WebVisitor(_waybill.Url);
        var page = await nina.SeeAsync(link);
        Assert.Equal("Asia/Tokyo", page.QuerySelector("#f-zone option[selected]")!.TextContent);
        Assert.NotNull(page.QuerySelector("#f-zone[data-browser-zone]"));
        using (
            var taken = await nina.SubmitAsync(
                page,
                "form",
                ("Form.Name", "Nina R."),
                ("Form.Password", WebVisitor.Password),
                ("Form.TimeZone", "Europe/Berlin")
            )
        )
            Assert.EndsWith("/feed", taken.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Contains(
            "Nina R.",
            (await nina.SeeAsync("/settings/me")).QuerySelector("#me")!.TextContent,
            StringComparison.Ordinal
        );

        // The link has done its work, and the password works without it.
        using var thief = new WebVisitor(_waybill.Url);
        using var again = await thief.Http.GetAsync(new Uri(link));
        Assert.Equal(HttpStatusCode.Gone, again.StatusCode);
        using var signIn = await thief.TrySignInAsync("nina@northwind.test");
        Assert.Equal(HttpStatusCode.Found, signIn.StatusCode);
        var user = await ReadAsync(long.Parse(Number().Match(place).Value, null));
        Assert.Equal((Seat.Sales, Role.User, "Europe/Berlin"), (user.Seat, user.Role, user.TimeZone));
        Assert.True(user is { Active: true, EmailConfirmed: true, InvitedAt: null });
    }

    [Fact]
    public async Task Two_who_follow_one_link_together_do_not_both_get_in()
    {
        var place = await InviteAsync(_admin, "nina@northwind.test");
        var link = (await _admin.SeeAsync(place)).GetElementById("link")!.GetAttribute("value")!;
        var visitors = Enumerable.Range(0, 4).Select(_ => new WebVisitor(_waybill.Url)).ToList();
        var pages = await Task.WhenAll(visitors.Select(v => v.SeeAsync(link)));
        var answers = await Task.WhenAll(
            visitors.Select((v, i) => v.SubmitAsync(pages[i], "form", ("Form.Password", $"heron-cedar-{i}")))
        );

        Assert.Single(answers, a => a.StatusCode == HttpStatusCode.Found);
        answers.ToList().ForEach(a => a.Dispose());
        visitors.ForEach(v => v.Dispose());
    }

    [Fact]
    public async Task Sending_an_invitation_again_ends_the_earlier_link()
    {
        var place = await InviteAsync(_admin, "nina@northwind.test");
        var page = await _admin.SeeAsync(place);
        var first = page.GetElementById("link")!.GetAttribute("value")!;
        using var sent = await _admin.SubmitAsync(page, "form:has(input[value=again])");
        var second = (await _admin.SeeAsync(place)).GetElementById("link")!.GetAttribute("value")!;

        using var nina = new WebVisitor(_waybill.Url);
        using var old = await nina.Http.GetAsync(new Uri(first));
        Assert.Equal(HttpStatusCode.Gone, old.StatusCode);
        Assert.NotNull((await nina.SeeAsync(second)).QuerySelector("input[type=password]"));
    }

    [Fact]
    public async Task An_invitation_runs_out_after_a_week_and_a_forged_one_opens_nothing()
    {
        var place = await InviteAsync(_admin, "nina@northwind.test");
        var link = (await _admin.SeeAsync(place)).GetElementById("link")!.GetAttribute("value")!;
        var id = long.Parse(Number().Match(place).Value, null);
        string old;
        await using (var db = _waybill.Db())
        {
            var user = await db.Users.SingleAsync(u => u.Id == id);
            user.InvitedAt = user.InvitedAt!.Value.AddDays(-7);
            await db.SaveChangesAsync();
            old = _waybill.Services.GetRequiredService<InvitationToken>().LinkFor(user);
        }
        using var nina = new WebVisitor(_waybill.Url);
        foreach (
            var bad in new[]
            {
                old,
                link[..^3] + "AAA",
                _waybill.Url + "/invitation?token=" + new string('A', 5000),
                _waybill.Url + "/invitation",
            }
        )
        {
            using var answer = await nina.Http.GetAsync(new Uri(bad));
            Assert.Equal(HttpStatusCode.Gone, answer.StatusCode);
        }
        Assert.Contains(
            "run out",
            (await _admin.SeeAsync("/settings/users")).Body!.TextContent,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Before_the_link_is_followed_nobody_can_sign_in_with_the_address()
    {
        await InviteAsync(_admin, "nina@northwind.test");
        using var nina = new WebVisitor(_waybill.Url);
        using var answer = await nina.TrySignInAsync("nina@northwind.test", "");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Without_a_relay_the_page_shows_the_link_to_send_oneself_and_queues_nothing()
    {
        await using var plain = new WaybillHost { Demo = false };
        await plain.InitializeAsync();
        var (_, admin) = await PersonAsync(plain, "ada@acme.test", Role.SuperAdmin);
        using var _ = admin;
        var page = await admin.SeeAsync(await InviteAsync(admin, "nina@acme.test"));

        Assert.Contains(
            "No mail relay is set, so copy the link and send it yourself.",
            page.Body!.TextContent,
            StringComparison.Ordinal
        );
        using var nina = new WebVisitor(plain.Url);
        var invitation = await nina.SeeAsync(page.GetElementById("link")!.GetAttribute("value")!);
        using var taken = await nina.SubmitAsync(invitation, "form", ("Form.Password", WebVisitor.Password));
        Assert.EndsWith("/feed", taken.Headers.Location!.OriginalString, StringComparison.Ordinal);
        await using var db = plain.Db();
        Assert.Equal(0, await db.Database.SqlQuery<int>($"SELECT COUNT(*) AS \"Value\" FROM notices").SingleAsync());
    }

    [Theory]
    [InlineData("/settings/users")]
    [InlineData("/settings/users/invite")]
    [InlineData("/settings/users/1")]
    [InlineData("/settings/notices")]
    public async Task Users_and_notices_are_for_super_admins(string path)
    {
        var (_, jan) = await PersonAsync(_waybill, "jan@northwind.test", Role.User);
        using var _ = jan;
        using var answer = await jan.Http.GetAsync(new Uri(path, UriKind.Relative));
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);

        // The form of an admin, posted with the session of someone who is none any more.
        var page = await _admin.SeeAsync("/settings/users/invite");
        await using (var db = _waybill.Db())
            await db.Users.Where(u => u.Id == _ada.Id).ExecuteUpdateAsync(s => s.SetProperty(u => u.Role, Role.User));
        using var posted = await _admin.SubmitAsync(
            page,
            "section form",
            ("Form.Name", "Nina"),
            ("Form.Email", "nina@northwind.test")
        );
        Assert.Equal(HttpStatusCode.Forbidden, posted.StatusCode);
        Assert.DoesNotContain(
            "/settings/users",
            (await jan.SeeAsync("/settings/me")).Body!.InnerHtml,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_super_admin_changes_role_seat_aliases_zone_and_what_a_user_may_do()
    {
        var (jan, visitor) = await PersonAsync(_waybill, "jan@northwind.test", Role.User);
        using var _ = visitor;
        var page = await _admin.SeeAsync($"/settings/users/{jan.Id}");
        using var saved = await _admin.SubmitAsync(
            page,
            "form:has(input[value=user])",
            ("Form.Name", "Jan Lis"),
            ("Form.Role", "super-admin"),
            ("Form.Seat", "free"),
            ("Form.ViewOnly", "true"),
            ("Form.Aliases", "Jan.Lis@Northwind.test\njan@northwind.test\njan.lis@northwind.test"),
            ("Form.TimeZone", "Asia/Tokyo")
        );

        Assert.Equal(HttpStatusCode.Found, saved.StatusCode);
        var user = await ReadAsync(jan.Id);
        Assert.Equal(
            ("Jan Lis", Role.SuperAdmin, Seat.Free, true, "Asia/Tokyo"),
            (user.Name, user.Role, user.Seat, user.ViewOnly, user.TimeZone)
        );
        Assert.Equal(["jan.lis@northwind.test"], user.Aliases);
        // His open session may now do what it could not.
        Assert.NotNull((await visitor.SeeAsync("/settings/users")).QuerySelector("table"));
    }

    [Theory]
    [InlineData("ada@northwind.test", "One of these belongs to another user.")]
    [InlineData("sales@northwind.test", "One of these belongs to another user.")]
    [InlineData("1000001@bcc.waybill.test", "logging")]
    [InlineData("no address", "One of these is not an email address.")]
    public async Task An_alias_that_is_someone_elses_is_refused(string alias, string said)
    {
        var (jan, visitor) = await PersonAsync(_waybill, "jan@northwind.test", Role.User);
        using var _ = visitor;
        await _waybill.AddUserAsync("eva@northwind.test", u => u.Aliases = ["sales@northwind.test"]);
        var page = await _admin.SeeAsync($"/settings/users/{jan.Id}");
        using var answer = await _admin.SubmitAsync(page, "form:has(input[value=user])", ("Form.Aliases", alias));

        Assert.Contains(said, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Empty((await ReadAsync(jan.Id)).Aliases);
    }

    [Theory]
    [InlineData("ada@northwind.test")]
    [InlineData("ADA@northwind.test")]
    [InlineData("sales@northwind.test")]
    public async Task An_address_that_is_taken_can_not_be_invited(string email)
    {
        await _waybill.AddUserAsync("eva@northwind.test", u => u.Aliases = ["sales@northwind.test"]);
        var page = await _admin.SeeAsync("/settings/users/invite");
        using var answer = await _admin.SubmitAsync(page, "section form", ("Form.Name", "N"), ("Form.Email", email));

        Assert.Contains(
            "This address belongs to another user.",
            await answer.Content.ReadAsStringAsync(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task The_last_active_super_admin_stays_one()
    {
        // Neither one who has not come yet nor one who is deactivated can take over.
        await InviteAsync(_admin, "nina@northwind.test", ("Form.Role", "super-admin"));
        await _waybill.AddUserAsync("old@northwind.test", u => (u.Role, u.Active) = (Role.SuperAdmin, false));
        var page = await _admin.SeeAsync($"/settings/users/{_ada.Id}");
        using var demoted = await _admin.SubmitAsync(page, "form:has(input[value=user])", ("Form.Role", "user"));
        using var gone = await _admin.SubmitAsync(page, "form:has(input[value=deactivate])");

        foreach (var answer in new[] { demoted, gone })
            Assert.Contains(
                "last active super admin",
                await answer.Content.ReadAsStringAsync(),
                StringComparison.Ordinal
            );
        Assert.True(await ReadAsync(_ada.Id) is { Active: true, Role: Role.SuperAdmin });
    }

    [Fact]
    public async Task Two_super_admins_who_demote_each_other_at_once_leave_one()
    {
        var (eva, other) = await PersonAsync(_waybill, "eva@northwind.test", Role.SuperAdmin);
        using var _ = other;
        var one = await _admin.SeeAsync($"/settings/users/{eva.Id}");
        var two = await other.SeeAsync($"/settings/users/{_ada.Id}");
        var answers = await Task.WhenAll(
            _admin.SubmitAsync(one, "form:has(input[value=user])", ("Form.Role", "user")),
            other.SubmitAsync(two, "form:has(input[value=user])", ("Form.Role", "user"))
        );
        answers.ToList().ForEach(a => a.Dispose());

        await using var db = _waybill.Db();
        Assert.Equal(1, await db.Users.CountAsync(u => u.Role == Role.SuperAdmin));
    }

    [Fact]
    public async Task A_deactivated_user_loses_session_and_pane_at_once_and_comes_back_when_reactivated()
    {
        var (jan, visitor) = await PersonAsync(_waybill, "jan@northwind.test", Role.User);
        using var _ = visitor;
        using var pane = Pane.At(_waybill.Url);
        var grant = await pane.AskAsync();
        using (
            var approved = await visitor.SubmitAsync(
                await visitor.SeeAsync(new Uri(grant.Complete).PathAndQuery),
                "form:has(button[name=answer])",
                ("answer", "approve")
            )
        )
            Assert.Equal(HttpStatusCode.Found, approved.StatusCode);
        var tokens = await pane.PollAsync(grant);
        Assert.Equal(HttpStatusCode.OK, await pane.StartAsync(tokens.Access!));

        var page = await _admin.SeeAsync($"/settings/users/{jan.Id}");
        using (var done = await _admin.SubmitAsync(page, "form:has(input[value=deactivate])"))
            Assert.Equal(HttpStatusCode.Found, done.StatusCode);

        using var feed = await visitor.Http.GetAsync(new Uri("/feed", UriKind.Relative));
        Assert.Contains("/sign-in", feed.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, await pane.StartAsync(tokens.Access!));
        Assert.Equal("invalid_grant", (await pane.RefreshAsync(tokens.Refresh!)).Error);
        using (var signIn = await visitor.TrySignInAsync("jan@northwind.test"))
            Assert.Equal(HttpStatusCode.OK, signIn.StatusCode);

        page = await _admin.SeeAsync($"/settings/users/{jan.Id}");
        using (var back = await _admin.SubmitAsync(page, "form:has(input[value=reactivate])"))
            Assert.Equal(HttpStatusCode.Found, back.StatusCode);
        await visitor.SignInAsync("jan@northwind.test");
        Assert.Equal(HttpStatusCode.Unauthorized, await pane.StartAsync(tokens.Access!));
    }

    [Fact]
    public async Task The_list_says_when_each_user_was_last_here()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while ((await ReadAsync(_ada.Id)).LastSeenAt is null)
        {
            await _admin.SeeAsync("/settings/me");
            await Task.Delay(20, deadline.Token);
        }
        var row = (await _admin.SeeAsync("/settings/users")).QuerySelector(
            "tbody tr:has(a[href$='/" + _ada.Id + "'])"
        )!;
        Assert.NotNull(row.QuerySelector("td:last-child time"));
    }

    [GeneratedRegex(@"http://\S+/invitation\?token=\S+")]
    private static partial Regex Link();

    [GeneratedRegex(@"(?<=users/)\d+")]
    private static partial Regex Number();
}
