using System.Globalization;
using Microsoft.AspNetCore.Identity;
using OpenIddict.Abstractions;

namespace Waybill.Server.Identity;

public static class DeactivateUser
{
    /// <summary>Sessions and connected apps end at once; what the user logged stays.</summary>
    public static async Task NowAsync(
        UserManager<User> users,
        IOpenIddictAuthorizationManager authorizations,
        IOpenIddictTokenManager tokens,
        User user,
        CancellationToken stop = default
    )
    {
        user.Active = false;
        await users.UpdateSecurityStampAsync(user);
        var subject = user.Id.ToString(CultureInfo.InvariantCulture);
        await authorizations.RevokeBySubjectAsync(subject, stop);
        await tokens.RevokeBySubjectAsync(subject, stop);
    }
}
