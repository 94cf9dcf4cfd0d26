namespace Waybill.Server.Web;

/// <summary>
/// No inline script or style, nothing from elsewhere, framed by no one. A path that must differ (the add-in is framed by Outlook, a pixel
/// belongs to any mail) is named with its own policy; null sends none.
/// </summary>
public static class SecurityHeaders
{
    public const string Policy =
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

    /// <summary>What no page of ours asks for.</summary>
    const string Permissions =
        "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=()";

    /// <summary>The pane opens the approval page, which may lead over signing in, from another origin and watches for its end; the simulator stands for Outlook.</summary>
    static readonly string[] MayBeOpened = ["/connect", "/sign-in", "/demo"];

    public static IApplicationBuilder UseSecurityHeaders(
        this IApplicationBuilder app,
        params (PathString Path, string? Policy)[] exceptions
    ) =>
        app.Use(
            (http, next) =>
            {
                var headers = http.Response.Headers;
                headers.XContentTypeOptions = "nosniff";
                headers["Referrer-Policy"] = "same-origin";
                headers["Permissions-Policy"] = Permissions;
                if (!MayBeOpened.Any(path => http.Request.Path.StartsWithSegments(path)))
                    headers["Cross-Origin-Opener-Policy"] = "same-origin";
                if (http.Request.IsHttps && !IsHere(http.Request.Host.Host))
                    headers.StrictTransportSecurity = "max-age=31536000";
                var policy = PolicyFor(http.Request.Path, exceptions);
                if (policy is not null)
                    headers.ContentSecurityPolicy = policy;
                return next(http);
            }
        );

    /// <summary>A browser that remembers https for localhost can't show anything else run there.</summary>
    static bool IsHere(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || System.Net.IPAddress.TryParse(host, out _);

    public static string? PolicyFor(PathString path, IEnumerable<(PathString Path, string? Policy)> exceptions)
    {
        foreach (var exception in exceptions)
            if (path.StartsWithSegments(exception.Path))
                return exception.Policy;
        return Policy;
    }
}
