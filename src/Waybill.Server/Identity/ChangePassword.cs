using System.Globalization;
using Microsoft.AspNetCore.Identity;
using OpenIddict.Abstractions;
using Waybill.Server.Storage;

namespace Waybill.Server.Identity;

public enum PasswordOutcome
{
    None,
    Changed,

    /// <summary>The present one is wrong, or there were too many tries.</summary>
    WrongPresent,

    /// <summary>The new one breaks the rules; the verdict says which.</summary>
    NotGood,
}

/// <summary>By the user: this browser goes on, all others end, connected programs if asked to.</summary>
public sealed record ChangePassword(
    AppDb Db,
    UserManager<User> Users,
    KnownBrowser Browsers,
    IOpenIddictAuthorizationManager Authorizations,
    IOpenIddictTokenManager Tokens,
    TimeProvider Clock
)
{
    public async Task<(PasswordOutcome Outcome, PasswordVerdict Verdict)> NowAsync(
        HttpContext http,
        string? present,
        string? wanted,
        bool appsToo
    )
    {
        ArgumentNullException.ThrowIfNull(http);
        var user = (await Users.GetUserAsync(http.User))!;
        if (!await SignIn.IsPasswordAsync(http, Db, Users, Browsers, Clock, user, present))
            return (PasswordOutcome.WrongPresent, default);
        var verdict = PasswordRules.Judge(wanted ?? "", user.Name, user.Email ?? "");
        if (verdict != PasswordVerdict.Good || !(await Users.ChangePasswordAsync(user, present!, wanted!)).Succeeded)
            return (PasswordOutcome.NotGood, verdict);
        await Sessions.EndOthersAsync(Db, user, Sessions.IdOf(http.User), http.RequestAborted);
        if (appsToo)
        {
            var subject = user.Id.ToString(CultureInfo.InvariantCulture);
            await Authorizations.RevokeBySubjectAsync(subject, http.RequestAborted);
            await Tokens.RevokeBySubjectAsync(subject, http.RequestAborted);
        }
        return (PasswordOutcome.Changed, verdict);
    }
}
