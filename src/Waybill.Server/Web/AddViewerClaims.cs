using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.EntityFrameworkCore;
using Waybill.Server.Identity;
using Waybill.Server.Storage;
using Waybill.Server.Ui;

namespace Waybill.Server.Web;

/// <summary>
/// Tells pages who is looking, from the database and not from the cookie: a changed name, zone or role shows on the next page.
/// </summary>
public sealed class AddViewerClaims(IDbContextFactory<AppDb> databases) : IClaimsTransformation
{
    const string Origin = "waybill";

    public async Task<ClaimsPrincipal> TransformAsync(ClaimsPrincipal principal)
    {
        if (principal.Identities.Any(i => i.AuthenticationType == Origin) || Viewer.IdOf(principal) is not { } id)
            return principal;
        await using var db = await databases.CreateDbContextAsync();
        var user = await db
            .Users.Where(u => u.Id == id && u.Active)
            .Select(u => new
            {
                u.Name,
                u.Email,
                u.TimeZone,
                u.Language,
                u.Role,
            })
            .SingleOrDefaultAsync();
        if (user is null)
            return principal;
        var seen = principal.Clone();
        seen.AddIdentity(
            new ClaimsIdentity(
                [
                    new Claim(Viewer.NameClaim, user.Name),
                    new Claim(Viewer.EmailClaim, user.Email ?? ""),
                    new Claim(Viewer.ZoneClaim, user.TimeZone),
                    new Claim(Viewer.LanguageClaim, user.Language),
                    new Claim(Viewer.SuperAdminClaim, user.Role is Role.SuperAdmin ? "true" : "false"),
                ],
                Origin
            )
        );
        return seen;
    }
}
