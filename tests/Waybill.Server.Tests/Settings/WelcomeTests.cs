using System.Net;
using Microsoft.EntityFrameworkCore;
using Waybill.Server.Identity;
using Waybill.Server.Settings;
using Waybill.Server.Tests.Identity;

namespace Waybill.Server.Tests.Settings;

/// <summary>An installation without the demo, before and after its first account.</summary>
public sealed class WelcomeTests : IAsyncLifetime
{
    readonly WaybillHost _waybill = new() { Demo = false };

    public ValueTask InitializeAsync() => _waybill.InitializeAsync();

    public ValueTask DisposeAsync() => _waybill.DisposeAsync();

    string CodeFile => Path.Combine(_waybill.Data, "setup-code");

    /// <summary>As the operator does: the code comes into being when someone looks for it.</summary>
    async Task<string> CodeAsync(WebVisitor visitor)
    {
        await visitor.SeeAsync("/welcome?code=");
        using var tried = await visitor.Http.GetAsync(new Uri("/welcome?code=x", UriKind.Relative));
        return (await File.ReadAllTextAsync(CodeFile)).Trim();
    }

    static (string, string?)[] Filled(string email = "ada@acme.test") =>
        [
            ("Form.Account", "Acme"),
            ("Form.OwnDomains", "acme.test\nACME.example"),
            ("Form.Name", "Ada Wren"),
            ("Form.Email", email),
            ("Form.Password", WebVisitor.Password),
            ("Form.TimeZone", "Asia/Tokyo"),
        ];

    [Theory]
    [InlineData("/feed")]
    [InlineData("/sign-in")]
    [InlineData("/settings/users")]
    [InlineData("/contacts/new")]
    public async Task Every_page_of_a_new_installation_leads_to_its_setup(string path)
    {
        using var visitor = new WebVisitor(_waybill.Url);
        using var answer = await visitor.Http.GetAsync(new Uri(path, UriKind.Relative));

        Assert.Equal((HttpStatusCode.Found, "/welcome"), (answer.StatusCode, answer.Headers.Location!.OriginalString));
    }

    [Fact]
    public async Task The_first_account_is_made_once_and_its_maker_is_signed_in_as_super_admin()
    {
        using var visitor = new WebVisitor(_waybill.Url);
        var code = await CodeAsync(visitor);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(CodeFile));
        var page = await visitor.SeeAsync($"/welcome?code={code}");
        using (var made = await visitor.SubmitAsync(page, "form[method=post]", Filled()))
            Assert.EndsWith("/feed", made.Headers.Location!.OriginalString, StringComparison.Ordinal);

        Assert.Contains(
            "ada@acme.test",
            (await visitor.SeeAsync("/settings/users")).QuerySelector("table")!.TextContent,
            StringComparison.Ordinal
        );
        await using var db = _waybill.Db();
        var account = await db.ReadSettingsAsync();
        Assert.Equal("Acme", account.Name);
        Assert.Equal(["acme.test", "acme.example"], account.OwnDomains);
        var user = await db.Users.SingleAsync();
        Assert.Equal((Role.SuperAdmin, Seat.Sales, "Asia/Tokyo"), (user.Role, user.Seat, user.TimeZone));

        using var late = new WebVisitor(_waybill.Url);
        using var again = await late.Http.GetAsync(new Uri($"/welcome?code={code}", UriKind.Relative));
        Assert.Equal("/feed", again.Headers.Location!.OriginalString);
        Assert.False(File.Exists(CodeFile));
        using var signIn = await late.TrySignInAsync("ada@acme.test");
        Assert.Equal(HttpStatusCode.Found, signIn.StatusCode);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("BBBBBBBBBBBBBBBBBBBBBBBB")]
    public async Task A_stranger_without_the_setup_code_gets_no_form_and_makes_no_account(string? guess)
    {
        using var visitor = new WebVisitor(_waybill.Url);
        var code = await CodeAsync(visitor);
        using (var shown = await visitor.Http.GetAsync(new Uri($"/welcome?code={guess}", UriKind.Relative)))
            Assert.DoesNotContain("Form.Password", await shown.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        // Even with the form of someone who has the code.
        var page = await visitor.SeeAsync($"/welcome?code={code}");
        using var made = await visitor.SubmitAsync(page, "form[method=post]", [.. Filled(), ("code", guess)]);

        Assert.NotEqual(HttpStatusCode.Found, made.StatusCode);
        await using var db = _waybill.Db();
        Assert.False(await db.Users.AnyAsync());
    }

    [Fact]
    public async Task Of_many_who_press_the_button_together_one_gets_the_account()
    {
        var visitors = Enumerable.Range(0, 6).Select(_ => new WebVisitor(_waybill.Url)).ToList();
        var code = await CodeAsync(visitors[0]);
        var pages = await Task.WhenAll(visitors.Select(v => v.SeeAsync($"/welcome?code={code}")));
        var answers = await Task.WhenAll(
            visitors.Select((v, i) => v.SubmitAsync(pages[i], "form[method=post]", Filled($"ada{i}@acme.test")))
        );

        Assert.All(answers, a => Assert.Equal(HttpStatusCode.Found, a.StatusCode));
        Assert.Single(answers, a => a.Headers.Contains("Set-Cookie") && SignedIn(a));
        await using var db = _waybill.Db();
        Assert.Equal(1, await db.Users.CountAsync());
        Assert.Equal(1, await db.AccountSettings.CountAsync());
        answers.ToList().ForEach(a => a.Dispose());
        visitors.ForEach(v => v.Dispose());

        static bool SignedIn(HttpResponseMessage answer) =>
            answer.Headers.GetValues("Set-Cookie").Any(c => c.StartsWith("waybill-session=", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_wrong_is_said_beside_its_field_and_nothing_is_made()
    {
        using var visitor = new WebVisitor(_waybill.Url);
        var page = await visitor.SeeAsync($"/welcome?code={await CodeAsync(visitor)}");
        using var answer = await visitor.SubmitAsync(
            page,
            "form[method=post]",
            ("Form.Account", " "),
            ("Form.OwnDomains", "not a domain!@"),
            ("Form.Name", ""),
            ("Form.Email", "ada"),
            ("Form.Password", "short")
        );

        var text = await answer.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(5, text.Split("class=\"wrong\"").Length - 1);
        await using var db = _waybill.Db();
        Assert.False(await db.Users.AnyAsync() || await db.AccountSettings.AnyAsync());
    }

    [Fact]
    public async Task Health_and_pixels_answer_before_there_is_an_account()
    {
        using var visitor = new WebVisitor(_waybill.Url);
        foreach (var path in new[] { "/healthz", "/t/o/abc.gif", "/waybill.css" })
        {
            using var answer = await visitor.Http.GetAsync(new Uri(path, UriKind.Relative));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }
}
