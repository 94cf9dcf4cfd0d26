using System.Net;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Waybill.Server.Identity;

namespace Waybill.Server.Tests.Identity;

public sealed class TwoFactorTests(WaybillHost waybill) : IClassFixture<WaybillHost>
{
    [Fact]
    public async Task With_two_factor_on_the_password_alone_opens_nothing()
    {
        var (user, visitor) = await waybill.SignedInAsync();
        using var _ = visitor;
        var (secret, _) = await visitor.TurnOnTwoFactorAsync();
        using var other = new WebVisitor(waybill.Url);

        using var step = await other.TrySignInAsync(user.Email!, path: "/sign-in?returnUrl=%2Fcontacts");
        Assert.EndsWith(
            "/sign-in/code?returnUrl=%2Fcontacts",
            step.Headers.Location!.OriginalString,
            StringComparison.Ordinal
        );
        Assert.False(await other.IsSignedInAsync());
        var page = await other.SeeAsync(step.Headers.Location.OriginalString);
        using (var wrong = await other.PostAsync(page, "code", ("Form.Code", "000000")))
            Assert.NotNull((await SecurityHost.ReadAsync(wrong)).QuerySelector("[role=alert]"));
        Assert.False(await other.IsSignedInAsync());
        using var right = await other.PostAsync(page, "code", ("Form.Code", SecurityHost.CodeOf(secret, 1)));
        Assert.EndsWith("/contacts", right.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.True(await other.IsSignedInAsync());
    }

    [Fact]
    public async Task A_code_is_taken_once()
    {
        var (user, visitor) = await waybill.SignedInAsync();
        using var _ = visitor;
        var (secret, _) = await visitor.TurnOnTwoFactorAsync();
        var code = SecurityHost.CodeOf(secret, 1);
        var taken = new List<HttpStatusCode>();
        for (var i = 0; i < 2; i++)
        {
            using var other = new WebVisitor(waybill.Url);
            (await other.TrySignInAsync(user.Email!)).Dispose();
            var page = await other.SeeAsync("/sign-in/code");
            using var answer = await other.PostAsync(page, "code", ("Form.Code", code));
            taken.Add(answer.StatusCode);
        }

        Assert.Equal([HttpStatusCode.Found, HttpStatusCode.OK], taken);
    }

    [Fact]
    public async Task A_recovery_code_opens_once_and_is_kept_as_a_hash()
    {
        var (user, visitor) = await waybill.SignedInAsync();
        using var _ = visitor;
        var (_, codes) = await visitor.TurnOnTwoFactorAsync();
        foreach (var expected in new[] { HttpStatusCode.Found, HttpStatusCode.OK })
        {
            using var other = new WebVisitor(waybill.Url);
            (await other.TrySignInAsync(user.Email!)).Dispose();
            var page = await other.SeeAsync("/sign-in/code");
            using var answer = await other.PostAsync(page, "code", ("Form.Code", codes[3].ToLowerInvariant()));
            Assert.Equal(expected, answer.StatusCode);
        }

        await using var db = waybill.Db();
        var rows = await db.RecoveryCodes.Where(c => c.UserId == user.Id).ToListAsync();
        Assert.Equal(TwoFactor.RecoveryCodes - 1, rows.Count);
        Assert.DoesNotContain(rows, r => codes.Contains(r.Hash));
    }

    [Fact]
    public async Task New_recovery_codes_end_the_old_ones()
    {
        var (user, visitor) = await waybill.SignedInAsync();
        using var _ = visitor;
        var (_, old) = await visitor.TurnOnTwoFactorAsync();
        using var answer = await visitor.PostAsync(await visitor.SeeAsync(SecurityHost.Page), "recovery-codes");
        var renewed = (await SecurityHost.ReadAsync(answer)).QuerySelectorAll(".codes code").Select(c => c.TextContent);
        await using var scope = waybill.Services.CreateAsyncScope();
        var codes = scope.ServiceProvider.GetRequiredService<TwoFactor>();
        await using var db = waybill.Db();
        var row = await db.Users.FirstAsync(u => u.Id == user.Id);

        Assert.False(await codes.TakesAsync(db, row, old[0], default));
        Assert.True(await codes.TakesAsync(db, row, renewed.First(), default));
    }

    [Fact]
    public async Task A_wrong_first_code_turns_nothing_on()
    {
        var (user, visitor) = await waybill.SignedInAsync();
        using var _ = visitor;
        var page = await visitor.SeeAsync("/settings/security/two-factor");
        using (var answer = await visitor.PostAsync(page, "two-factor", ("Form.Code", "12345")))
            Assert.NotNull((await SecurityHost.ReadAsync(answer)).QuerySelector("[aria-invalid]"));

        using var other = await waybill.AgainAsync(user);
        Assert.True(await other.IsSignedInAsync());
    }

    [Fact]
    public async Task After_five_wrong_codes_the_right_one_is_refused_too()
    {
        var (user, visitor) = await waybill.SignedInAsync();
        using var _ = visitor;
        var (secret, _) = await visitor.TurnOnTwoFactorAsync();
        using var other = new WebVisitor(waybill.Url);
        (await other.TrySignInAsync(user.Email!)).Dispose();
        var page = await other.SeeAsync("/sign-in/code");
        for (var i = 0; i < SignInTries.Free; i++)
            (await other.PostAsync(page, "code", ("Form.Code", "000000"))).Dispose();

        using var right = await other.PostAsync(page, "code", ("Form.Code", SecurityHost.CodeOf(secret, 1)));
        Assert.Equal(HttpStatusCode.OK, right.StatusCode);
    }

    [Fact]
    public async Task Who_has_not_given_the_password_is_sent_back_to_the_start()
    {
        using var visitor = new WebVisitor(waybill.Url);
        using var answer = await visitor.Http.GetAsync(new Uri("/sign-in/code", UriKind.Relative));

        Assert.Contains("/sign-in?expired", answer.Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_super_admin_takes_it_away_and_what_was_signed_in_ends()
    {
        var (user, visitor) = await waybill.SignedInAsync();
        using var _ = visitor;
        await visitor.TurnOnTwoFactorAsync();
        await using (var scope = waybill.Services.CreateAsyncScope())
        {
            var users = scope.ServiceProvider.GetRequiredService<UserManager<User>>();
            await using var db = waybill.Db();
            await TwoFactor.RemoveAsync(db, users, (await users.FindByEmailAsync(user.Email!))!, endSessions: true);
        }

        Assert.False(await visitor.IsSignedInAsync());
        using var again = await waybill.AgainAsync(user);
        Assert.True(await again.IsSignedInAsync());
        await using var after = waybill.Db();
        Assert.False(await after.RecoveryCodes.AnyAsync(c => c.UserId == user.Id));
    }

    [Fact]
    public async Task Turned_on_it_ends_the_sessions_that_came_in_without_it()
    {
        var (user, visitor) = await waybill.SignedInAsync();
        using var _ = visitor;
        using var other = await waybill.AgainAsync(user);
        await visitor.TurnOnTwoFactorAsync();

        Assert.False(await other.IsSignedInAsync());
        Assert.True(await visitor.IsSignedInAsync());
    }
}
