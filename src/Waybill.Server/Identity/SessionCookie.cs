using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Waybill.Server.Kernel;
using Waybill.Server.Storage;
using Waybill.Server.Ui;

namespace Waybill.Server.Identity;

/// <summary>The web app's session: a host-only cookie, good for 14 days from the last visit.</summary>
static class SessionCookie
{
    /// <summary>Called by programs, which a sign-in page does not help.</summary>
    static readonly string[] ForPrograms =
    [
        "/compose",
        "/connect/token",
        "/connect/device",
        "/hub",
        "/feed/notice",
        "/api",
    ];

    public static void Configure(CookieAuthenticationOptions cookie, WaybillOptions options)
    {
        cookie.Cookie.Name = "waybill-session";
        cookie.Cookie.HttpOnly = true;
        cookie.Cookie.SameSite = SameSiteMode.Lax;
        cookie.Cookie.Path = "/";
        cookie.Cookie.SecurePolicy = options.Url.StartsWith("https:", StringComparison.OrdinalIgnoreCase)
            ? CookieSecurePolicy.Always
            : CookieSecurePolicy.SameAsRequest;
        cookie.ExpireTimeSpan = TimeSpan.FromDays(14);
        cookie.SlidingExpiration = true;
        cookie.LoginPath = "/sign-in";
        cookie.AccessDeniedPath = "/not-allowed";
        cookie.ReturnUrlParameter = "returnUrl";
        cookie.Events.OnValidatePrincipal = ValidateAsync;
        cookie.Events.OnRedirectToLogin = context => Answer(context, StatusCodes.Status401Unauthorized, options);
        cookie.Events.OnRedirectToAccessDenied = context => Answer(context, StatusCodes.Status403Forbidden, options);
    }

    /// <summary>One row by key a request: a deactivated user is out at once, and a changed role or seat counts at once.</summary>
    static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        var http = context.HttpContext;
        var db = http.RequestServices.GetRequiredService<AppDb>();
        if (await UserOfAsync(db, context.Principal, http.RequestAborted) is { } user)
        {
            context.ReplacePrincipal(SessionClaims.Of(user));
            return;
        }
        context.RejectPrincipal();
        await http.SignOutAsync(IdentityConstants.ApplicationScheme);
    }

    /// <summary>Whose session this is; null when it is over.</summary>
    public static async Task<User?> UserOfAsync(AppDb db, ClaimsPrincipal? principal, CancellationToken stop)
    {
        var id = Viewer.IdOf(principal) ?? 0;
        var stamp = principal?.FindFirst(SessionClaims.Stamp)?.Value;
        var user = await db.Users.AsNoTracking().FirstOrDefaultAsync(u => u.Id == id && u.Active, stop);
        return user?.SecurityStamp == stamp ? user : null;
    }

    static Task Answer(RedirectContext<CookieAuthenticationOptions> context, int status, WaybillOptions options)
    {
        if (status == StatusCodes.Status403Forbidden || IsForPrograms(context.Request))
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        }
        // One place of sign-in, whatever port or name the page was asked under.
        var back = Uri.EscapeDataString(context.Request.Path + context.Request.QueryString);
        context.Response.Redirect($"{options.Url}{context.Options.LoginPath}?returnUrl={back}");
        return Task.CompletedTask;
    }

    static bool IsForPrograms(HttpRequest request) =>
        ForPrograms.Any(path => request.Path.StartsWithSegments(path))
        || (
            request.Headers.Accept.ToString() is var accept
            && accept.Contains("json", StringComparison.OrdinalIgnoreCase)
            && !accept.Contains("text/html", StringComparison.OrdinalIgnoreCase)
        );
}
