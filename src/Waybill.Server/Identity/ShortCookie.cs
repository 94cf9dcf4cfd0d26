using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Waybill.Server.Kernel;

namespace Waybill.Server.Identity;

/// <summary>
/// Cookies of the sign-in. Over https they carry the prefix that binds them to this host and to https (RFC 6265bis 4.1.3.2); what they hold is
/// encrypted, and dated, so that a kept copy is worth nothing later.
/// </summary>
public sealed class ShortCookie(string name, TimeSpan life, WaybillOptions options, IDataProtectionProvider protection)
{
    readonly ITimeLimitedDataProtector _protector = protection
        .CreateProtector($"Waybill.Cookie.{name}")
        .ToTimeLimitedDataProtector();

    public void Write(HttpContext http, string value) =>
        http.Response.Cookies.Append(NameOf(name, options), _protector.Protect(value, life), Attributes(life));

    public string? Read(HttpContext http)
    {
        if (http.Request.Cookies[NameOf(name, options)] is not { Length: > 0 and < 4096 } text)
            return null;
        try
        {
            return _protector.Unprotect(text);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    public void Remove(HttpContext http) => http.Response.Cookies.Delete(NameOf(name, options), Attributes(null));

    public static string NameOf(string name, WaybillOptions options) => IsHttps(options) ? $"__Host-{name}" : name;

    public static bool IsHttps(WaybillOptions options) =>
        options.Url.StartsWith("https:", StringComparison.OrdinalIgnoreCase);

    CookieOptions Attributes(TimeSpan? age) =>
        new()
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Strict,
            Secure = IsHttps(options),
            Path = "/",
            MaxAge = age,
        };
}
