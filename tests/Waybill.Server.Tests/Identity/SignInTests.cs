using System.Net;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using OpenIddict.Abstractions;
using Waybill.Server.Identity;

namespace Waybill.Server.Tests.Identity;

public sealed class SignInTests(WaybillHost waybill) : IClassFixture<WaybillHost>
{
    const string Feed = "/settings/me";

    async Task<(User User, WebVisitor Visitor)> SomebodyAsync(Action<User>? change = null)
    {
        var user = await waybill.AddUserAsync(
            $"{Guid.NewGuid():N}@northwind.test",
            u =>
            {
                WebVisitor.GivePassword(u);
                change?.Invoke(u);
            }
        );
        return (user, new WebVisitor(waybill.Url));
    }

    [Fact]
    public async Task A_page_asks_a_stranger_to_sign_in_and_then_shows_itself()
    {
        var (user, visitor) = await SomebodyAsync();
        using var _ = visitor;
        using var turned = await visitor.Http.GetAsync(new Uri("/settings/me?x=1", UriKind.Relative));
        Assert.Equal(HttpStatusCode.Found, turned.StatusCode);
        Assert.Equal(
            $"{waybill.Url}/sign-in?returnUrl=%2Fsettings%2Fme%3Fx%3D1",
            turned.Headers.Location!.OriginalString
        );

        using var signedIn = await visitor.TrySignInAsync(user.Email!, path: turned.Headers.Location.PathAndQuery);
        Assert.Equal(HttpStatusCode.Found, signedIn.StatusCode);
        Assert.EndsWith("/settings/me?x=1", signedIn.Headers.Location!.OriginalString, StringComparison.Ordinal);
        var page = await visitor.SeeAsync("/settings/me?x=1");
        Assert.Contains(user.Email!, page.QuerySelectorAll("input").Select(i => i.GetAttribute("value")));
    }

    [Theory]
    [InlineData("https://elsewhere.test/")]
    [InlineData("//elsewhere.test/")]
    [InlineData("/\\elsewhere.test/")]
    [InlineData("javascript:alert(1)")]
    public async Task After_signing_in_nobody_is_sent_elsewhere(string returnUrl)
    {
        var (user, visitor) = await SomebodyAsync();
        using var _ = visitor;
        using var answer = await visitor.TrySignInAsync(
            user.Email!,
            path: $"/sign-in?returnUrl={Uri.EscapeDataString(returnUrl)}"
        );

        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        Assert.Equal("/feed", new Uri(new Uri(waybill.Url), answer.Headers.Location!).PathAndQuery);
        Assert.Equal("localhost", new Uri(new Uri(waybill.Url), answer.Headers.Location!).Host);
    }

    [Fact]
    public async Task The_form_has_labels_Email_and_Password_and_a_button_Sign_in()
    {
        using var visitor = new WebVisitor(waybill.Url);
        var page = await visitor.SeeAsync("/sign-in");

        var labels = page.QuerySelectorAll("label").ToDictionary(l => l.TextContent.Trim(), l => l.GetAttribute("for"));
        Assert.NotNull(page.GetElementById(labels["Email"]!));
        Assert.Equal("password", page.GetElementById(labels["Password"]!)!.GetAttribute("type"));
        Assert.Contains(page.QuerySelectorAll("button"), b => b.TextContent.Trim() == "Sign in");
    }

    [Fact]
    public async Task Wrong_unknown_and_deactivated_get_the_same_words()
    {
        var (user, visitor) = await SomebodyAsync();
        var (gone, _) = await SomebodyAsync(u => u.Active = false);
        using var __ = visitor;
        var words = new List<string>();
        foreach (
            var (email, password) in new[]
            {
                (user.Email!, "wrong"),
                ("nobody@nowhere.test", "wrong"),
                (gone.Email!, WebVisitor.Password),
                ("no address", ""),
            }
        )
        {
            using var answer = await visitor.TrySignInAsync(email, password);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.DoesNotContain(
                answer.Headers,
                h => h.Key == "Set-Cookie" && h.Value.Any(v => v.Contains("waybill-session", StringComparison.Ordinal))
            );
            words.Add(Alert(await answer.Content.ReadAsStringAsync()));
        }

        Assert.NotEmpty(words[0]);
        Assert.Single(words.Distinct());
    }

    [Fact]
    public async Task After_five_wrong_tries_the_right_password_is_refused_too()
    {
        var (user, visitor) = await SomebodyAsync();
        using var _ = visitor;
        for (var i = 0; i < 5; i++)
            (await visitor.TrySignInAsync(user.Email!, "wrong")).Dispose();

        using var answer = await visitor.TrySignInAsync(user.Email!);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.NotEmpty(Alert(await answer.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task The_session_cookie_is_host_only_http_only_and_lax()
    {
        var (user, visitor) = await SomebodyAsync();
        using var _ = visitor;
        using var answer = await visitor.TrySignInAsync(user.Email!);

        var cookie = answer
            .Headers.GetValues("Set-Cookie")
            .Single(c => c.StartsWith("waybill-session=", StringComparison.Ordinal));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("path=/", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("domain=", cookie, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Signing_out_ends_the_session_and_needs_the_antiforgery_token()
    {
        var (user, visitor) = await SomebodyAsync();
        using var _ = visitor;
        await visitor.SignInAsync(user.Email!);
        using var forged = await visitor.Http.PostAsync(
            new Uri("/sign-out", UriKind.Relative),
            new FormUrlEncodedContent([])
        );
        Assert.Equal(HttpStatusCode.BadRequest, forged.StatusCode);

        var page = await visitor.SeeAsync(Feed);
        using var signedOut = await visitor.SubmitAsync(page, "form[action='/sign-out']");
        Assert.Equal("/sign-in", signedOut.Headers.Location!.OriginalString);
        Assert.Equal(["\"cache\""], signedOut.Headers.GetValues("Clear-Site-Data"));
        using var turned = await visitor.Http.GetAsync(new Uri(Feed, UriKind.Relative));
        Assert.Equal(HttpStatusCode.Found, turned.StatusCode);
    }

    [Fact]
    public async Task A_deactivated_users_session_ends_at_once()
    {
        var (user, visitor) = await SomebodyAsync();
        using var _ = visitor;
        await visitor.SignInAsync(user.Email!);
        await visitor.SeeAsync(Feed);

        await using (var scope = waybill.Services.CreateAsyncScope())
        {
            var users = scope.ServiceProvider.GetRequiredService<UserManager<User>>();
            await DeactivateUser.NowAsync(
                users,
                scope.ServiceProvider.GetRequiredService<IOpenIddictAuthorizationManager>(),
                scope.ServiceProvider.GetRequiredService<IOpenIddictTokenManager>(),
                (await users.FindByEmailAsync(user.Email!))!
            );
        }

        using var turned = await visitor.Http.GetAsync(new Uri(Feed, UriKind.Relative));
        Assert.Equal(HttpStatusCode.Found, turned.StatusCode);
    }

    [Fact]
    public async Task A_session_needs_an_active_user_whatever_its_stamp()
    {
        var (user, visitor) = await SomebodyAsync();
        using var _ = visitor;
        await visitor.SignInAsync(user.Email!);
        await using (var db = waybill.Db())
            await db.Users.Where(u => u.Id == user.Id).ExecuteUpdateAsync(set => set.SetProperty(u => u.Active, false));

        using var turned = await visitor.Http.GetAsync(new Uri(Feed, UriKind.Relative));
        Assert.Equal(HttpStatusCode.Found, turned.StatusCode);
    }

    [Fact]
    public async Task Open_pages_ask_again_whose_they_are()
    {
        await using var scope = waybill.Services.CreateAsyncScope();

        Assert.IsType<OpenPages>(scope.ServiceProvider.GetRequiredService<AuthenticationStateProvider>());
    }

    [Fact]
    public async Task A_new_password_ends_older_sessions()
    {
        var (user, visitor) = await SomebodyAsync();
        using var _ = visitor;
        await visitor.SignInAsync(user.Email!);

        await using (var scope = waybill.Services.CreateAsyncScope())
        {
            var users = scope.ServiceProvider.GetRequiredService<UserManager<User>>();
            var row = (await users.FindByEmailAsync(user.Email!))!;
            Assert.True((await users.ChangePasswordAsync(row, WebVisitor.Password, "harbor-quarry-1234")).Succeeded);
        }

        using var turned = await visitor.Http.GetAsync(new Uri(Feed, UriKind.Relative));
        Assert.Equal(HttpStatusCode.Found, turned.StatusCode);
    }

    [Fact]
    public async Task Programs_get_401_in_place_of_the_form()
    {
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        foreach (var path in new[] { "/compose/start", "/settings/me" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(waybill.Url + path));
            request.Headers.Add("Accept", "application/json");
            using var answer = await http.SendAsync(request);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        }
    }

    [Fact]
    public void Keys_are_for_this_user_only()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Unix modes");
        var keys = Path.Combine(waybill.Data, "keys");
        const UnixFileMode others =
            UnixFileMode.GroupRead
            | UnixFileMode.GroupWrite
            | UnixFileMode.GroupExecute
            | UnixFileMode.OtherRead
            | UnixFileMode.OtherWrite
            | UnixFileMode.OtherExecute;

        Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(keys) & others);
        Assert.Contains("links.cache", Directory.GetFiles(keys).Select(Path.GetFileName));
        Assert.All(
            Directory.GetFiles(keys),
            file => Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(file) & others)
        );
    }

    static string Alert(string html) =>
        new AngleSharp.Html.Parser.HtmlParser().ParseDocument(html).QuerySelector("[role=alert]")?.TextContent.Trim()
        ?? "";
}

/// <summary>Apart, since it uses up what one address may try in a minute.</summary>
public sealed class SignInRateTests(WaybillHost waybill) : IClassFixture<WaybillHost>
{
    [Fact]
    public async Task One_address_can_try_only_so_often()
    {
        using var visitor = new WebVisitor(waybill.Url);
        var page = await visitor.SeeAsync("/sign-in");
        var last = HttpStatusCode.OK;
        for (var i = 0; i < 21; i++)
        {
            using var answer = await visitor.SubmitAsync(
                page,
                "form:has(input[type=password])",
                ("Form.Email", "no address"),
                ("Form.Password", "wrong")
            );
            last = answer.StatusCode;
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, last);
        await visitor.SeeAsync("/sign-in");
    }
}
