using Microsoft.AspNetCore.Http.Features;

namespace Waybill.Server.Web;

/// <summary>
/// A socket opened by another site's page is refused: a browser sends the cookie along with a WebSocket's handshake and asks nobody
/// (RFC 6455 10.2). What is no browser sends no Origin; an extension's is not http and comes with a token of its own.
/// </summary>
public static class SameOriginSockets
{
    public static IApplicationBuilder UseSameOriginSockets(this IApplicationBuilder app) =>
        app.Use(
            (http, next) =>
            {
                if (!IsSocket(http) || IsOwn(http.Request.Headers.Origin.ToString(), http.Request.Host))
                    return next(http);
                http.Response.StatusCode = StatusCodes.Status403Forbidden;
                return Task.CompletedTask;
            }
        );

    public static bool IsOwn(string origin, HostString host) =>
        origin.Length == 0
        || !origin.StartsWith("http", StringComparison.OrdinalIgnoreCase) && origin != "null"
        || Uri.TryCreate(origin, UriKind.Absolute, out var from) && new HostString(from.Authority).Equals(host);

    static bool IsSocket(HttpContext http) =>
        http.Request.Headers.Upgrade.ToString().Contains("websocket", StringComparison.OrdinalIgnoreCase)
        || http.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true };
}
