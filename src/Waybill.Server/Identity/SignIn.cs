using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Waybill.Server.Kernel;
using Waybill.Server.Storage;

namespace Waybill.Server.Identity;

public enum SignInOutcome
{
    SignedIn,

    /// <summary>The password is right; a code is still to come.</summary>
    SecondStep,

    /// <summary>Unknown, wrong, paused or deactivated: which of them is nobody's business but the log's.</summary>
    Refused,
}

public static class SignIn
{
    static readonly string NoPassword = new PasswordHasher<User>().HashPassword(null!, Guid.NewGuid().ToString());

    public static async Task<SignInOutcome> WithPasswordAsync(
        HttpContext http,
        AppDb db,
        SignInManager<User> signIn,
        KnownBrowser browsers,
        SecondStep secondStep,
        TimeProvider clock,
        ILogger log,
        string? email,
        string? password
    )
    {
        var stop = http.RequestAborted;
        if (password is null or { Length: > PasswordRules.MaxLength } || !EmailAddress.TryParse(email, out var address))
            return SignInOutcome.Refused;
        var key = SignInTries.Key("password", address.Text, browsers.Of(http, address.Text));
        var open = await SignInTries.MayTryAsync(db, clock, key, stop);
        var user = await signIn.UserManager.FindByEmailAsync(address.Text);
        if (!open || user is not { Active: true, PasswordHash: not null })
        {
            // As slow as a real one, so that the answer's time does not tell who exists.
            signIn.UserManager.PasswordHasher.VerifyHashedPassword(user!, NoPassword, password);
            log.LogInformation(
                "Sign-in refused: {Why}",
                !open ? "too many tries"
                    : user is null ? "unknown address"
                    : "deactivated"
            );
            return SignInOutcome.Refused;
        }
        if (!await signIn.UserManager.CheckPasswordAsync(user, password))
        {
            log.LogInformation("Sign-in refused for user {UserId}: wrong password", user.Id);
            return SignInOutcome.Refused;
        }
        await SignInTries.ClearAsync(db, key, stop);
        if (user.TwoFactorEnabled)
        {
            secondStep.Begin(http, user);
            return SignInOutcome.SecondStep;
        }
        browsers.Remember(http, address.Text);
        await signIn.SignInAsync(user, isPersistent: true);
        return SignInOutcome.SignedIn;
    }

    /// <summary>The signed-in user says their password again. Counted like a sign-in.</summary>
    public static async Task<bool> IsPasswordAsync(
        HttpContext http,
        AppDb db,
        UserManager<User> users,
        KnownBrowser browsers,
        TimeProvider clock,
        User user,
        string? password
    )
    {
        if (password is null or { Length: > PasswordRules.MaxLength })
            return false;
        var address = user.Email ?? "";
        var key = SignInTries.Key("password", address, browsers.Of(http, address));
        if (
            !await SignInTries.MayTryAsync(db, clock, key, http.RequestAborted)
            || !await users.CheckPasswordAsync(user, password)
        )
            return false;
        await SignInTries.ClearAsync(db, key, http.RequestAborted);
        return true;
    }

    /// <summary>Where to go afterwards: a page of ours, whatever the link said.</summary>
    public static string Target(string? returnUrl, string otherwise = "/feed") =>
        returnUrl is { Length: > 0 } && RedirectHttpResult.IsLocalUrl(returnUrl) ? returnUrl : otherwise;
}
