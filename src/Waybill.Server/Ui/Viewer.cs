using System.Security.Claims;

namespace Waybill.Server.Ui;

/// <summary>Who is looking at the page, as far as a page needs to know. Read from the claims of the session.</summary>
public sealed record Viewer(long Id, string Name, string Email, TimeZoneInfo Zone, bool SuperAdmin)
{
    public const string NameClaim = "name";
    public const string EmailClaim = "email";

    /// <summary>An IANA name; OpenID Connect Core 5.1.</summary>
    public const string ZoneClaim = "zoneinfo";

    public const string LanguageClaim = "locale";
    public const string SuperAdminClaim = "waybill:super_admin";

    public static readonly Viewer Nobody = new(0, "", "", TimeZoneInfo.Utc, false);

    public static Viewer Of(ClaimsPrincipal? principal)
    {
        if (principal?.Identity?.IsAuthenticated is not true || IdOf(principal) is not { } id)
            return Nobody;
        var zone = principal.FindFirstValue(ZoneClaim);
        return new Viewer(
            id,
            principal.FindFirstValue(NameClaim) ?? principal.Identity.Name ?? "",
            principal.FindFirstValue(EmailClaim) ?? "",
            zone is not null && TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var found) ? found : TimeZoneInfo.Utc,
            principal.HasClaim(SuperAdminClaim, "true")
        );
    }

    public static long? IdOf(ClaimsPrincipal? principal) =>
        long.TryParse(
            principal?.FindFirstValue(ClaimTypes.NameIdentifier) ?? principal?.FindFirstValue("sub"),
            out var id
        )
            ? id
            : null;
}
