using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Waybill.Server.Kernel;

namespace Waybill.Server.Identity;

/// <summary>A browser that this address signed in with before has its own count of wrong tries; see <see cref="SignInTries"/>.</summary>
public sealed class KnownBrowser(WaybillOptions options, IDataProtectionProvider protection)
{
    readonly ShortCookie _cookie = new("waybill-browser", TimeSpan.FromDays(180), options, protection);

    public void Remember(HttpContext http, string address) =>
        _cookie.Write(http, $"{Mark(address)} {Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))}");

    /// <summary>Its number, or empty for a browser this address is not known to have signed in with.</summary>
    public string Of(HttpContext http, string address) =>
        _cookie.Read(http)?.Split(' ') is [var mark, var number] && mark == Mark(address) ? number : "";

    static string Mark(string address) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(address.ToUpperInvariant())));
}
