using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Waybill.Server.Web;

/// <summary>Light, dark or the system's, kept in a cookie so that the first paint is right without a script.</summary>
public static class Theme
{
    public const string System = "system";
    public const string Light = "light";
    public const string Dark = "dark";
    const string Cookie = "waybill-theme";

    /// <summary>Null follows the system.</summary>
    public static string? Of(HttpRequest? request) =>
        request?.Cookies[Cookie] is Light or Dark ? request.Cookies[Cookie] : null;

    public static IResult Choose(HttpContext http, [FromForm] string theme, [FromForm] string back)
    {
        ArgumentNullException.ThrowIfNull(http);
        var cookie = new CookieOptions
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Lax,
            Secure = http.Request.IsHttps,
            MaxAge = TimeSpan.FromDays(365),
        };
        if (theme is Light or Dark)
            http.Response.Cookies.Append(Cookie, theme, cookie);
        else
            http.Response.Cookies.Delete(Cookie);
        return Results.LocalRedirect(RedirectHttpResult.IsLocalUrl(back) ? back : "/");
    }
}
