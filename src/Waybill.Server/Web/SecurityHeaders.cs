namespace Waybill.Server.Web;

/// <summary>
/// No inline script or style, nothing from elsewhere, framed by no one. A path that must differ (the add-in is framed by Outlook, a pixel
/// belongs to any mail) is named with its own policy; null sends none.
/// </summary>
public static class SecurityHeaders
{
    public const string Policy =
        "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

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
                var policy = PolicyFor(http.Request.Path, exceptions);
                if (policy is not null)
                    headers.ContentSecurityPolicy = policy;
                return next(http);
            }
        );

    public static string? PolicyFor(PathString path, IEnumerable<(PathString Path, string? Policy)> exceptions)
    {
        foreach (var exception in exceptions)
            if (path.StartsWithSegments(exception.Path))
                return exception.Policy;
        return Policy;
    }
}
