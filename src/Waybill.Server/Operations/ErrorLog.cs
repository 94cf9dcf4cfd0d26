using System.Diagnostics;
using Microsoft.AspNetCore.Diagnostics;

namespace Waybill.Server.Operations;

/// <summary>What went wrong, under the reference the error page shows; without the path, which may hold a token.</summary>
sealed class ErrorLog(ILogger<ErrorLog> log) : IExceptionHandler
{
    public static string ReferenceOf(HttpContext? http) =>
        Activity.Current?.TraceId.ToString() ?? http?.TraceIdentifier ?? "";

    public ValueTask<bool> TryHandleAsync(
        HttpContext httpContext,
        Exception exception,
        CancellationToken cancellationToken
    )
    {
        var route = (httpContext.Features.Get<IExceptionHandlerFeature>()?.Endpoint as RouteEndpoint)
            ?.RoutePattern
            .RawText;
        log.LogError(
            exception,
            "{Method} {Route} failed. Reference {Reference}",
            httpContext.Request.Method,
            route,
            ReferenceOf(httpContext)
        );
        return ValueTask.FromResult(false); // the page itself is /error's
    }
}
