using System.Security.Claims;
using Waybill.Server.Ui;

namespace Waybill.Server.Identity;

/// <summary>
/// Who is asking. Handlers and components take it as a dependency; it is read from the session, which is checked against the
/// database on every request. Id 0: nobody.
/// </summary>
public sealed record CurrentUser(
    long Id,
    string Name,
    string Email,
    Role Role,
    Seat Seat,
    string TimeZone,
    string Language
)
{
    public static readonly CurrentUser Nobody = new(0, "", "", Role.User, Seat.Free, "UTC", "en");

    public bool IsSignedIn => Id != 0;

    public bool IsSuperAdmin => Role == Role.SuperAdmin;

    public static CurrentUser Of(ClaimsPrincipal? principal) =>
        principal?.Identity?.IsAuthenticated is true && Viewer.IdOf(principal) is { } id
            ? new CurrentUser(
                id,
                principal.FindFirstValue(Viewer.NameClaim) ?? "",
                principal.FindFirstValue(Viewer.EmailClaim) ?? "",
                principal.FindFirstValue(SessionClaims.Role) == SessionClaims.SuperAdmin ? Role.SuperAdmin : Role.User,
                principal.FindFirstValue(SessionClaims.Seat) == SessionClaims.SalesSeat ? Seat.Sales : Seat.Free,
                principal.FindFirstValue(Viewer.ZoneClaim) ?? "UTC",
                principal.FindFirstValue(Viewer.LanguageClaim) ?? "en"
            )
            : Nobody;
}
