using Microsoft.Extensions.Primitives;
using Waybill.Server.Spool;

namespace Waybill.Server.Tracking;

/// <summary>
/// <c>/t/o/{token}.gif</c> and <c>/t/c/{token}/{target}</c>, under any host name. Terminal and early: no cookie is read, nobody signs in,
/// the database is not asked. The image is always the same answer: proxies cache errors and gateways punish differences.
/// </summary>
public sealed class TrackingEndpoints(
    TrackingTokens tokens,
    LinkKeys keys,
    [FromKeyedServices(RecordHits.Lane)] SpoolLane lane,
    TrackingMeter meter,
    TimeProvider time,
    ILogger<TrackingEndpoints> log
)
{
    static readonly TimeSpan Bound = TimeSpan.FromSeconds(2);

    static readonly byte[] Gif = Convert.FromBase64String(
        "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAICRAEAOw=="
    );

    static readonly byte[] NoSuchLink =
        """
        <!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
        <title>Link not found</title><body style="font:16px system-ui;margin:15vh auto;max-width:28em;padding:0 1em">
        <h1 style="font-size:1.4em">This link doesn't work</h1><p>It may have been cut off or changed on the way. Ask the sender for it.</p>
        """u8.ToArray();

    static readonly StringValues NoStore = "no-store, no-cache, must-revalidate, private, max-age=0";
    static readonly StringValues NoCache = "no-cache";
    static readonly StringValues LongAgo = "Thu, 01 Jan 1970 00:00:00 GMT";
    static readonly StringValues CrossOrigin = "cross-origin";
    static readonly StringValues NoReferrer = "no-referrer";
    static readonly StringValues NoIndex = "noindex";
    static readonly StringValues NoSniff = "nosniff";

    public Task AnswerAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var path = context.Request.Path.Value ?? "";
        var open = path.StartsWith("/t/o/", StringComparison.Ordinal);
        if (!open && !path.StartsWith("/t/c/", StringComparison.Ordinal))
            return LinkNotFoundAsync(context);
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            context.Response.Headers.Allow = "GET, HEAD";
            return Task.CompletedTask;
        }
        return open ? OpenAsync(context, path) : ClickAsync(context, path);
    }

    async Task OpenAsync(HttpContext context, string path)
    {
        var known =
            path.EndsWith(".gif", StringComparison.Ordinal)
            & tokens.TryReadOpen(path.AsSpan(5, Math.Max(0, path.Length - 9)), out var token);
        if (known)
            await KeepAsync(context, HitKind.Open, token);
        else
            meter.Request(HitKind.Open, TrackingMeter.BadToken);

        var headers = context.Response.Headers;
        headers.CacheControl = NoStore;
        headers.Pragma = NoCache;
        headers.Expires = LongAgo;
        headers.XContentTypeOptions = NoSniff;
        headers["Cross-Origin-Resource-Policy"] = CrossOrigin;
        await WriteAsync(context, StatusCodes.Status200OK, "image/gif", Gif);
    }

    async Task ClickAsync(HttpContext context, string path)
    {
        var slash = path.IndexOf('/', 5);
        if (
            slash < 0
            || !tokens.TryReadClick(path.AsSpan(5, slash - 5), path.AsSpan(slash + 1), out var token, out var target)
        )
        {
            meter.Request(HitKind.Click, TrackingMeter.BadToken);
            await LinkNotFoundAsync(context);
            return;
        }
        await KeepAsync(context, HitKind.Click, token);
        var headers = context.Response.Headers;
        Private(headers);
        headers.Location = target;
        context.Response.StatusCode = StatusCodes.Status302Found;
        context.Response.ContentLength = 0;
    }

    /// <summary>Returns when the hit is on disk, or when waiting longer would keep the reader waiting. Never throws.</summary>
    async ValueTask KeepAsync(HttpContext context, HitKind kind, TrackingToken token)
    {
        if (HttpMethods.IsHead(context.Request.Method))
        {
            meter.Request(kind, TrackingMeter.Head);
            return;
        }
        try
        {
            var hit = HitEvidence.Of(context, kind, token, keys, time.GetUtcNow().UtcDateTime);
            var kept = lane.AppendAsync(hit.ToBytes(), CancellationToken.None);
            if (!kept.IsCompletedSuccessfully)
                await kept.AsTask().WaitAsync(Bound, time);
            meter.Request(kind, TrackingMeter.Kept);
        }
        catch (TimeoutException)
        {
            meter.Request(kind, TrackingMeter.Late);
        }
        catch (Exception error)
        {
            meter.Request(kind, TrackingMeter.Refused);
            if (error is not SpoolUnavailableException)
                log.LogError(error, "A hit could not be kept");
        }
    }

    static Task LinkNotFoundAsync(HttpContext context)
    {
        Private(context.Response.Headers);
        context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'";
        return WriteAsync(context, StatusCodes.Status404NotFound, "text/html; charset=utf-8", NoSuchLink);
    }

    static void Private(IHeaderDictionary headers)
    {
        headers.CacheControl = NoStore;
        headers["Referrer-Policy"] = NoReferrer;
        headers["X-Robots-Tag"] = NoIndex;
    }

    static Task WriteAsync(HttpContext context, int status, string type, byte[] body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        context.Response.ContentLength = body.Length;
        return HttpMethods.IsHead(context.Request.Method)
            ? Task.CompletedTask
            : context.Response.Body.WriteAsync(body, CancellationToken.None).AsTask();
    }
}
