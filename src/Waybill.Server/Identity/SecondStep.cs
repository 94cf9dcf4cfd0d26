using System.Globalization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Waybill.Server.Kernel;
using Waybill.Server.Storage;

namespace Waybill.Server.Identity;

/// <summary>The password was right, the code is still to come. Good for five minutes and nothing but the code page.</summary>
public sealed class SecondStep(WaybillOptions options, IDataProtectionProvider protection)
{
    public const string Path = "/sign-in/code";

    readonly ShortCookie _cookie = new("waybill-second-step", TimeSpan.FromMinutes(5), options, protection);

    public void Begin(HttpContext http, User user) =>
        _cookie.Write(http, string.Create(CultureInfo.InvariantCulture, $"{user.Id} {user.SecurityStamp}"));

    public async Task<User?> UserAsync(HttpContext http, AppDb db, CancellationToken stop)
    {
        if (_cookie.Read(http)?.Split(' ') is not [var id, var stamp])
            return null;
        var userId = long.Parse(id, CultureInfo.InvariantCulture);
        return await db.Users.FirstOrDefaultAsync(u => u.Id == userId && u.Active && u.SecurityStamp == stamp, stop);
    }

    /// <summary>A code of the app, or one of the recovery codes, which is then used up.</summary>
    public async Task<SignInOutcome> TryAsync(
        HttpContext http,
        AppDb db,
        TwoFactor twoFactor,
        SignInManager<User> signIn,
        KnownBrowser browsers,
        TimeProvider clock,
        User user,
        string? code,
        CancellationToken stop
    )
    {
        var address = user.Email ?? "";
        var key = SignInTries.Key("code", address, browsers.Of(http, address));
        if (!await SignInTries.MayTryAsync(db, clock, key, stop) || !await twoFactor.TakesAsync(db, user, code, stop))
            return SignInOutcome.Refused;
        await SignInTries.ClearAsync(db, key, stop);
        _cookie.Remove(http);
        browsers.Remember(http, address);
        await signIn.SignInAsync(user, isPersistent: true);
        return SignInOutcome.SignedIn;
    }
}
