using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;
using Waybill.Server.Kernel;
using Waybill.Server.Storage;
using Waybill.Server.Ui;

namespace Waybill.Server.Identity;

/// <summary>The web app's session: a host-only cookie that names a row of <see cref="Sessions"/>, which says how long it is good.</summary>
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
        cookie.Cookie.Name = ShortCookie.NameOf("waybill-session", options);
        cookie.Cookie.HttpOnly = true;
        cookie.Cookie.SameSite = SameSiteMode.Lax;
        cookie.Cookie.Path = "/";
        cookie.Cookie.SecurePolicy = ShortCookie.IsHttps(options)
            ? CookieSecurePolicy.Always
            : CookieSecurePolicy.SameAsRequest;
        cookie.ExpireTimeSpan = Sessions.Idle;
        cookie.SlidingExpiration = true;
        cookie.LoginPath = "/sign-in";
        cookie.AccessDeniedPath = "/not-allowed";
        cookie.ReturnUrlParameter = "returnUrl";
        cookie.Events.OnSigningIn = OpenAsync;
        cookie.Events.OnSigningOut = EndAsync;
        cookie.Events.OnValidatePrincipal = ValidateAsync;
        cookie.Events.OnRedirectToLogin = context => Answer(context, StatusCodes.Status401Unauthorized, options);
        cookie.Events.OnRedirectToAccessDenied = context => Answer(context, StatusCodes.Status403Forbidden, options);
    }

    /// <summary>Whichever way someone came in, here a session is opened; one that the browser had before ends.</summary>
    static async Task OpenAsync(CookieSigningInContext context)
    {
        var http = context.HttpContext;
        var db = http.RequestServices.GetRequiredService<AppDb>();
        var clock = http.RequestServices.GetRequiredService<TimeProvider>();
        var stop = http.RequestAborted;
        await Sessions.EndAsync(db, Viewer.IdOf(http.User) ?? 0, Sessions.IdOf(http.User), stop);
        var session = await Sessions.OpenAsync(
            db,
            clock,
            Viewer.IdOf(context.Principal) ?? 0,
            context.Principal?.FindFirstValue(SessionClaims.Stamp) ?? "",
            http.Request.Headers.UserAgent.ToString(),
            stop
        );
        ((ClaimsIdentity)context.Principal!.Identity!).AddClaim(
            new(SessionClaims.Session, session.Id.ToString(CultureInfo.InvariantCulture))
        );
    }

    static async Task EndAsync(CookieSigningOutContext context)
    {
        var http = context.HttpContext;
        var db = http.RequestServices.GetRequiredService<AppDb>();
        await Sessions.EndAsync(db, Viewer.IdOf(http.User) ?? 0, Sessions.IdOf(http.User), http.RequestAborted);
    }

    /// <summary>One row by key a request: an ended session or deactivated user is out at once, and a changed role or seat counts at once.</summary>
    static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        var http = context.HttpContext;
        var db = http.RequestServices.GetRequiredService<AppDb>();
        var clock = http.RequestServices.GetRequiredService<TimeProvider>();
        if (await Sessions.UserOfAsync(db, clock, context.Principal, http.RequestAborted) is { } user)
        {
            context.ReplacePrincipal(SessionClaims.Of(user, Sessions.IdOf(context.Principal)));
            return;
        }
        context.RejectPrincipal();
        await http.SignOutAsync(IdentityConstants.ApplicationScheme);
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
