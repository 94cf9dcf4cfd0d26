using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Identity;
using Waybill.Server.Ui;

namespace Waybill.Server.Identity;

/// <summary>What a web session says about its user. Names are OpenID Connect's where it has one.</summary>
public sealed class SessionClaims : IUserClaimsPrincipalFactory<User>
{
    public const string Role = "role";
    public const string Seat = "seat";
    public const string SuperAdmin = "super_admin";
    public const string SalesSeat = "sales";

    /// <summary>Changes with the password and when the user is deactivated; a session with another stamp is over.</summary>
    public const string Stamp = "stamp";

    /// <summary>The row of <see cref="Sessions"/>; added when the cookie is made.</summary>
    public const string Session = "sid";

    public Task<ClaimsPrincipal> CreateAsync(User user) => Task.FromResult(Of(user));

    public static ClaimsPrincipal Of(User user, long? session = null)
    {
        var id = user.Id.ToString(CultureInfo.InvariantCulture);
        List<Claim> claims =
        [
            new("sub", id),
            new(ClaimTypes.NameIdentifier, id),
            new(Viewer.NameClaim, user.Name),
            new(Viewer.EmailClaim, user.Email ?? ""),
            new(Viewer.ZoneClaim, user.TimeZone),
            new(Viewer.LanguageClaim, user.Language),
            new(Role, user.Role == Identity.Role.SuperAdmin ? SuperAdmin : "user"),
            new(Seat, user.Seat == Identity.Seat.Sales ? SalesSeat : "free"),
            new(Stamp, user.SecurityStamp ?? ""),
        ];
        if (session is { } row)
            claims.Add(new(Session, row.ToString(CultureInfo.InvariantCulture)));
        if (user.Role == Identity.Role.SuperAdmin)
            claims.Add(new(Viewer.SuperAdminClaim, "true"));
        return new ClaimsPrincipal(
            new ClaimsIdentity(claims, IdentityConstants.ApplicationScheme, Viewer.NameClaim, Role)
        );
    }
}
