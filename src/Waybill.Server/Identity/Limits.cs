using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Localization;
using Microsoft.AspNetCore.RateLimiting;
using Waybill.Server.Ui;

namespace Waybill.Server.Identity;

/// <summary>
/// How often one network may do what can be guessed at or costs something. Pixels and links are not here: mail services fetch them for
/// thousands of recipients from a handful of addresses, no hit may be dropped, and the spool has a bound of its own. Neither are files and
/// what monitoring asks.
/// </summary>
static class Limits
{
    public sealed record Limit(string Name, int Permits)
    {
        public static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    }

    public static readonly Limit SignIn = new("sign-in", 20);

    /// <summary>The sign-in page asks once by itself when it is shown.</summary>
    public static readonly Limit PasskeyOptions = new("passkey-options", 60);

    /// <summary>Each makes rows; an office connecting its panes on one morning stays below.</summary>
    public static readonly Limit DeviceCode = new("device-code", 30);

    /// <summary>Tries at the code that a pane shows, of which there are 20^8, by people who are signed in.</summary>
    public static readonly Limit UserCode = new("user-code", 60);

    /// <summary>A pane that waits asks every 2 seconds; room for an office of them behind one address.</summary>
    public static readonly Limit Token = new("token", 900);

    public static readonly Limit Everything = new("everything", 6000);

    static readonly PathString[] Free = ["/t", "/healthz", "/readyz", "/metrics", "/_framework", "/addin/office"];

    public static void Configure(RateLimiterOptions limits)
    {
        limits.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        limits.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(http =>
            Partition(http, For(http.Request.Method, http.Request.Path, http.Request.Query.ContainsKey("user_code")))
        );
        // Looking at the form is free; tries are counted.
        limits.AddPolicy(
            IdentitySetup.SignInRate,
            http => Partition(http, HttpMethods.IsPost(http.Request.Method) ? SignIn : null)
        );
        limits.OnRejected = async (context, stop) => await AnswerAsync(context, stop);
    }

    public static Limit? For(string method, PathString path, bool withUserCode)
    {
        var posted = HttpMethods.IsPost(method);
        if (posted && path == PasskeyEndpoints.AskPath)
            return PasskeyOptions;
        if (path.StartsWithSegments("/connect/device"))
            return DeviceCode;
        if (path.StartsWithSegments("/connect/token"))
            return Token;
        if (
            path.StartsWithSegments(OAuthSetup.AnswerPath)
            || withUserCode && path.StartsWithSegments(OAuthSetup.ApprovePath)
        )
            return UserCode;
        return Free.Any(free => path.StartsWithSegments(free)) || Path.HasExtension(path) ? null : Everything;
    }

    /// <summary>An IPv6 customer has a /64 at least, so that is what counts.</summary>
    public static string Network(IPAddress? address)
    {
        if (address is { IsIPv4MappedToIPv6: true })
            address = address.MapToIPv4();
        return address is { AddressFamily: AddressFamily.InterNetworkV6 } && !IPAddress.IsLoopback(address)
            ? Convert.ToHexStringLower(address.GetAddressBytes().AsSpan(0, 8))
            : address?.ToString() ?? "";
    }

    static RateLimitPartition<string> Partition(HttpContext http, Limit? limit) =>
        limit is null
            ? RateLimitPartition.GetNoLimiter("")
            : RateLimitPartition.GetFixedWindowLimiter(
                $"{limit.Name} {Network(http.Connection.RemoteIpAddress)}",
                _ => new FixedWindowRateLimiterOptions { PermitLimit = limit.Permits, Window = Limit.Window }
            );

    static async Task AnswerAsync(OnRejectedContext context, CancellationToken stop)
    {
        var http = context.HttpContext;
        var wait = context.Lease.TryGetMetadata(MetadataName.RetryAfter, out var left) ? left : Limit.Window;
        var seconds = (int)Math.Ceiling(Math.Max(wait.TotalSeconds, 1));
        http.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        http.Response.Headers.CacheControl = "no-store";
        if (http.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase))
        {
            await SpeakAsync(http);
            var page = new RazorComponentResult<TooManyPage>(new { Seconds = seconds })
            {
                StatusCode = StatusCodes.Status429TooManyRequests,
            };
            await page.ExecuteAsync(http);
            return;
        }
        // The shape of OAuth (RFC 6749 5.2), which the callers at these doors read; to others it is plain.
        await http.Response.WriteAsJsonAsync(
            new
            {
                error = "temporarily_unavailable",
                error_description = $"Too many requests. Try again in {seconds} s.",
            },
            stop
        );
    }

    /// <summary>This is before sign-in, so the browser says which language.</summary>
    static async Task SpeakAsync(HttpContext http)
    {
        var wanted = await new AcceptLanguageHeaderRequestCultureProvider().DetermineProviderCultureResult(http);
        var language = wanted
            ?.Cultures.Select(c => c.Value?.Split('-')[0])
            .FirstOrDefault(c => Words.Languages.Contains(c));
        var culture = CultureInfo.GetCultureInfo(language ?? Words.Languages[0]);
        (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = (culture, culture);
    }
}
