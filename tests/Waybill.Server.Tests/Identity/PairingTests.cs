using System.Globalization;
using System.Net;
using Microsoft.EntityFrameworkCore;
using OpenIddict.EntityFrameworkCore.Models;
using Waybill.Server.Identity;

namespace Waybill.Server.Tests.Identity;

/// <summary>The pane's way in, over real HTTP: a code, an approval in the web app, tokens, and out again.</summary>
public sealed class PairingTests(WaybillHost waybill) : IClassFixture<WaybillHost>
{
    async Task<(User User, WebVisitor Visitor)> SignedInAsync()
    {
        var user = await waybill.AddUserAsync($"{Guid.NewGuid():N}@northwind.test", WebVisitor.GivePassword);
        var visitor = new WebVisitor(waybill.Url);
        await visitor.SignInAsync(user.Email!);
        return (user, visitor);
    }

    [Fact]
    public async Task The_whole_way_in_and_out()
    {
        var (_, visitor) = await SignedInAsync();
        using var __ = visitor;
        // The pane lives on the HTTPS port; sign-in and approval on the public address.
        using var pane = Pane.At(waybill.Url);
        var grant = await pane.AskAsync();
        Assert.Matches("^[B-DF-HJ-NP-TV-XZ]{4}-[B-DF-HJ-NP-TV-XZ]{4}$", grant.UserCode);
        Assert.Equal(2, grant.Interval);
        Assert.StartsWith(waybill.Url + "/connect/approve?user_code=", grant.Complete, StringComparison.Ordinal);
        Assert.Equal("authorization_pending", (await pane.PollAsync(grant)).Error);

        var page = await visitor.SeeAsync(new Uri(grant.Complete).PathAndQuery);
        Assert.Equal(grant.UserCode, page.QuerySelector("input[name=user_code]")!.GetAttribute("value"));
        using (var answer = await visitor.SubmitAsync(page, "form:has(button[name=answer])", ("answer", "approve")))
        {
            Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
            var done = await visitor.SeeAsync(answer.Headers.Location!.OriginalString);
            Assert.Equal("Outlook is connected", done.QuerySelector("h1")!.TextContent);
        }

        var tokens = await pane.PollAsync(grant);
        Assert.Null(tokens.Error);
        Assert.InRange(tokens.ExpiresIn, 890, 900);
        Assert.Equal(HttpStatusCode.OK, await pane.StartAsync(tokens.Access!));
        var rotated = await pane.RefreshAsync(tokens.Refresh!);
        Assert.Null(rotated.Error);
        Assert.NotEqual(tokens.Refresh, rotated.Refresh);
        Assert.Equal(HttpStatusCode.OK, await pane.StartAsync(rotated.Access!));

        var apps = await visitor.SeeAsync("/settings/connected-apps");
        Assert.Contains("Outlook", apps.QuerySelector("table")!.TextContent, StringComparison.Ordinal);
        using (var revoked = await visitor.SubmitAsync(apps, "table form"))
            Assert.EndsWith(
                "/settings/connected-apps",
                revoked.Headers.Location!.OriginalString,
                StringComparison.Ordinal
            );
        Assert.Equal(HttpStatusCode.Unauthorized, await pane.StartAsync(rotated.Access!));
        Assert.Equal("invalid_grant", (await pane.RefreshAsync(rotated.Refresh!)).Error);
        Assert.Null((await visitor.SeeAsync("/settings/connected-apps")).QuerySelector("table"));
    }

    [Fact]
    public async Task A_token_asked_for_on_the_HTTPS_port_is_good_there_and_on_the_other()
    {
        var (_, visitor) = await SignedInAsync();
        using var __ = visitor;
        using var pane = Pane.At($"https://localhost:{waybill.HttpsPort}");
        var grant = await pane.AskAsync();
        Assert.StartsWith(waybill.Url + "/connect/approve?user_code=", grant.Complete, StringComparison.Ordinal);
        await ApproveAsync(visitor, grant.UserCode);
        var tokens = await pane.PollAsync(grant);

        Assert.Equal(HttpStatusCode.OK, await pane.StartAsync(tokens.Access!));
        using var other = Pane.At(waybill.Url);
        Assert.Equal(HttpStatusCode.OK, await other.StartAsync(tokens.Access!));
        Assert.Null((await pane.RefreshAsync(tokens.Refresh!)).Error);
    }

    [Fact]
    public async Task The_approval_page_asks_a_stranger_to_sign_in_first()
    {
        using var pane = Pane.At(waybill.Url);
        var grant = await pane.AskAsync();
        using var stranger = new WebVisitor(waybill.Url);
        using var answer = await stranger.Http.GetAsync(new Uri(grant.Complete));

        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        Assert.StartsWith(
            $"{waybill.Url}/sign-in?returnUrl=%2Fconnect%2Fapprove%3Fuser_code%3D",
            answer.Headers.Location!.OriginalString,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(" ")]
    [InlineData("-")]
    [InlineData("")]
    public async Task Small_letters_blanks_and_dashes_do_not_matter(string between)
    {
        var (_, visitor) = await SignedInAsync();
        using var __ = visitor;
        using var pane = Pane.At(waybill.Url);
        var grant = await pane.AskAsync();
        var letters = UserCode.Normalize(grant.UserCode);
        var typed = $"{letters[..4]}{between}{letters[4..]}".ToLowerInvariant();

        var page = await visitor.SeeAsync($"/connect/approve?user_code={Uri.EscapeDataString(typed)}");
        using var answer = await visitor.SubmitAsync(
            page,
            "form:has(button[name=answer])",
            ("answer", "approve"),
            ("user_code", typed)
        );

        Assert.EndsWith("outcome=connected", answer.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Null((await pane.PollAsync(grant)).Error);
    }

    [Fact]
    public async Task A_wrong_code_is_not_known_and_connects_nothing()
    {
        var (_, visitor) = await SignedInAsync();
        using var __ = visitor;
        using var pane = Pane.At(waybill.Url);
        var grant = await pane.AskAsync();
        var wrong = await visitor.SeeAsync("/connect/approve?user_code=BBBB-BBBB");
        Assert.Contains("This code is not known", wrong.Body!.TextContent, StringComparison.Ordinal);
        Assert.Null(wrong.QuerySelector("button[name=answer]"));

        var page = await visitor.SeeAsync(new Uri(grant.Complete).PathAndQuery);
        using var answer = await visitor.SubmitAsync(
            page,
            "form:has(button[name=answer])",
            ("answer", "approve"),
            ("user_code", "BBBB-BBBB")
        );

        Assert.EndsWith("outcome=unknown", answer.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Equal("authorization_pending", (await pane.PollAsync(grant)).Error);
    }

    [Fact]
    public async Task Approving_needs_the_pages_antiforgery_token()
    {
        var (_, visitor) = await SignedInAsync();
        using var __ = visitor;
        using var pane = Pane.At(waybill.Url);
        var grant = await pane.AskAsync();
        var page = await visitor.SeeAsync(new Uri(grant.Complete).PathAndQuery);

        using var forged = await visitor.SubmitAsync(
            page,
            "form:has(button[name=answer])",
            ("answer", "approve"),
            ("__RequestVerificationToken", null)
        );

        Assert.Equal(HttpStatusCode.BadRequest, forged.StatusCode);
        Assert.Equal("authorization_pending", (await pane.PollAsync(grant)).Error);
    }

    [Fact]
    public async Task Dont_connect_tells_the_pane()
    {
        var (_, visitor) = await SignedInAsync();
        using var __ = visitor;
        using var pane = Pane.At(waybill.Url);
        var grant = await pane.AskAsync();
        var page = await visitor.SeeAsync(new Uri(grant.Complete).PathAndQuery);
        using var answer = await visitor.SubmitAsync(page, "form:has(button[name=answer])", ("answer", "refuse"));

        var done = await visitor.SeeAsync(answer.Headers.Location!.OriginalString);
        Assert.Equal("Outlook is not connected", done.QuerySelector("h1")!.TextContent);
        Assert.Equal("access_denied", (await pane.PollAsync(grant)).Error);
    }

    [Fact]
    public async Task A_code_runs_out()
    {
        var (_, visitor) = await SignedInAsync();
        using var __ = visitor;
        using var pane = Pane.At(waybill.Url);
        var grant = await pane.AskAsync();
        var page = await visitor.SeeAsync(new Uri(grant.Complete).PathAndQuery);
        await using (var db = waybill.Db())
            await db.Set<OpenIddictEntityFrameworkCoreToken<long>>()
                .ExecuteUpdateAsync(set => set.SetProperty(t => t.ExpirationDate, DateTime.UnixEpoch));

        var late = await visitor.SeeAsync(new Uri(grant.Complete).PathAndQuery);
        Assert.Equal("This code has run out", late.QuerySelector("h1")!.TextContent);
        using var answer = await visitor.SubmitAsync(page, "form:has(button[name=answer])", ("answer", "approve"));
        Assert.EndsWith("outcome=run-out", answer.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Equal("expired_token", (await pane.PollAsync(grant)).Error);
    }

    [Fact]
    public async Task A_device_code_used_twice_ends_what_the_first_use_gave()
    {
        var (_, visitor) = await SignedInAsync();
        using var __ = visitor;
        using var pane = Pane.At(waybill.Url);
        var grant = await pane.AskAsync();
        await ApproveAsync(visitor, grant.UserCode);
        var tokens = await pane.PollAsync(grant);
        Assert.Equal(HttpStatusCode.OK, await pane.StartAsync(tokens.Access!));

        Assert.Equal("invalid_grant", (await pane.PollAsync(grant)).Error);
        Assert.Equal(HttpStatusCode.Unauthorized, await pane.StartAsync(tokens.Access!));
    }

    [Fact]
    public async Task A_deactivated_users_pane_is_out_at_once()
    {
        var (user, visitor) = await SignedInAsync();
        using var __ = visitor;
        using var pane = Pane.At(waybill.Url);
        var grant = await pane.AskAsync();
        await ApproveAsync(visitor, grant.UserCode);
        var tokens = await pane.PollAsync(grant);
        Assert.Equal(HttpStatusCode.OK, await pane.StartAsync(tokens.Access!));

        // Only the flag: the row decides, whatever was or was not revoked.
        await using (var db = waybill.Db())
            await db.Users.Where(u => u.Id == user.Id).ExecuteUpdateAsync(set => set.SetProperty(u => u.Active, false));

        Assert.Equal(HttpStatusCode.Unauthorized, await pane.StartAsync(tokens.Access!));
        Assert.Equal("invalid_grant", (await pane.RefreshAsync(tokens.Refresh!)).Error);
    }

    [Fact]
    public async Task One_user_cannot_revoke_anothers_app()
    {
        var (_, anna) = await SignedInAsync();
        var (jan, _) = await SignedInAsync();
        using var __ = anna;
        using var pane = Pane.At(waybill.Url);
        var grant = await pane.AskAsync();
        await ApproveAsync(anna, grant.UserCode);
        var tokens = await pane.PollAsync(grant);
        string id;
        await using (var db = waybill.Db())
            id = (
                await db.Set<OpenIddictEntityFrameworkCoreAuthorization<long>>()
                    .OrderByDescending(a => a.Id)
                    .FirstAsync()
            ).Id.ToString(CultureInfo.InvariantCulture);

        await using var scope =
            Microsoft.Extensions.DependencyInjection.ServiceProviderServiceExtensions.CreateAsyncScope(
                waybill.Services
            );
        Assert.False(
            await ConnectedApps.RevokeAsync(
                Get<OpenIddict.Abstractions.IOpenIddictAuthorizationManager>(),
                Get<OpenIddict.Abstractions.IOpenIddictTokenManager>(),
                jan.Id,
                id
            )
        );
        Assert.Equal(HttpStatusCode.OK, await pane.StartAsync(tokens.Access!));

        T Get<T>()
            where T : notnull =>
            Microsoft.Extensions.DependencyInjection.ServiceProviderServiceExtensions.GetRequiredService<T>(
                scope.ServiceProvider
            );
    }

    static async Task ApproveAsync(WebVisitor visitor, string code)
    {
        var page = await visitor.SeeAsync($"/connect/approve?user_code={code}");
        using var answer = await visitor.SubmitAsync(page, "form:has(button[name=answer])", ("answer", "approve"));
        Assert.EndsWith("outcome=connected", answer.Headers.Location!.OriginalString, StringComparison.Ordinal);
    }
}
