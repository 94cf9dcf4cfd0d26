using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using Microsoft.EntityFrameworkCore;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using Waybill.Server.Storage;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Waybill.Server.Identity;

/// <summary>/connect/token: OpenIddict has judged the code or refresh token; here the user behind it is looked at again.</summary>
static class IssueToken
{
    public static async Task<IResult> HandleAsync(HttpContext http, AppDb db, CancellationToken stop)
    {
        var request = http.GetOpenIddictServerRequest();
        if (request is null || !(request.IsDeviceCodeGrantType() || request.IsRefreshTokenGrantType()))
            return Refuse(Errors.UnsupportedGrantType, "Only the device code and refresh grants are served.");
        var result = await http.AuthenticateAsync(OpenIddictServerAspNetCoreDefaults.AuthenticationScheme);
        var id = long.TryParse(result.Principal?.GetClaim(Claims.Subject), out var subject) ? subject : 0;
        var user = await db.Users.AsNoTracking().FirstOrDefaultAsync(u => u.Id == id, stop);
        if (user is not { Active: true })
            return Refuse(Errors.InvalidGrant, "This user can't sign in any more.");
        return Results.SignIn(
            For(user.Id, result.Principal!.GetScopes(), result.Principal!.GetAuthorizationId()),
            properties: null,
            OpenIddictServerAspNetCoreDefaults.AuthenticationScheme
        );
    }

    /// <summary>The token names its user and nothing more: what they may do is read anew on every request.</summary>
    public static ClaimsPrincipal For(long userId, IEnumerable<string> scopes, string? authorizationId)
    {
        var identity = new ClaimsIdentity(OpenIddictServerAspNetCoreDefaults.AuthenticationScheme);
        identity.SetClaim(Claims.Subject, userId.ToString(CultureInfo.InvariantCulture));
        identity.SetScopes(scopes);
        identity.SetAuthorizationId(authorizationId);
        identity.SetDestinations(_ => [Destinations.AccessToken]);
        return new ClaimsPrincipal(identity);
    }

    public static IResult Refuse(string error, string description) =>
        Results.Forbid(
            new AuthenticationProperties(
                new Dictionary<string, string?>
                {
                    [OpenIddictServerAspNetCoreConstants.Properties.Error] = error,
                    [OpenIddictServerAspNetCoreConstants.Properties.ErrorDescription] = description,
                }
            ),
            [OpenIddictServerAspNetCoreDefaults.AuthenticationScheme]
        );
}
