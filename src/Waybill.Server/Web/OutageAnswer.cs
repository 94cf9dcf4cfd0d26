using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.Extensions.Localization;
using Waybill.Server.Storage;
using Waybill.Server.Ui;

namespace Waybill.Server.Web;

/// <summary>
/// What everything but pixels, links and mail answers while the database is away: 503 with a page for a person, a problem document for a
/// program. The page needs nothing else of the server, as a session can't be looked up now.
/// </summary>
sealed class OutageAnswer : IExceptionHandler
{
    const string Style =
        ":root{color-scheme:light dark}body{background:Canvas;color:CanvasText;font:16px system-ui;margin:15vh auto;max-width:32em;padding:0 1em}h1{font-size:1.4em}a{color:LinkText}";

    public async ValueTask<bool> TryHandleAsync(
        HttpContext httpContext,
        Exception exception,
        CancellationToken cancellationToken
    )
    {
        // An IOException too, but the client's doing.
        if (exception is BadHttpRequestException || !Outage.IsOutage(exception))
            return false;
        await WriteAsync(httpContext);
        return true;
    }

    public static async Task WriteAsync(HttpContext http)
    {
        CultureInfo.CurrentUICulture = LanguageOf(http.Request);
        var words = http.RequestServices.GetRequiredService<IStringLocalizer<Words>>();
        var title = words["Waybill can’t use its database right now"].Value;
        var safe = words["Opens, clicks and mail are still taken and kept; nothing is lost."].Value;
        http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        http.Response.Headers.RetryAfter = "10";
        http.Response.Headers.CacheControl = "no-store";
        if (!http.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase))
        {
            await TypedResults
                .Problem(title: title, detail: safe, statusCode: StatusCodes.Status503ServiceUnavailable)
                .ExecuteAsync(http);
            return;
        }
        var again = words["This page comes back by itself. Try again in a moment."].Value;
        var link = HtmlEncoder.Default.Encode(http.Request.PathBase + http.Request.Path + http.Request.QueryString);
        var method = HttpMethods.IsGet(http.Request.Method) ? link : "/";
        http.Response.ContentType = "text/html; charset=utf-8";
        http.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'";
        await http.Response.WriteAsync(
            $"""
            <!doctype html><html lang="{CultureInfo.CurrentUICulture.Name}"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
            <meta http-equiv="refresh" content="10;url={method}"><title>{Text(title)}</title><style>{Style}</style>
            <main><h1>{Text(title)}</h1><p>{Text(safe)}</p><p>{Text(again)} <a href="{method}">{Text(
                words["Try again"].Value
            )}</a></p></main></html>
            """,
            Encoding.UTF8,
            CancellationToken.None
        );
    }

    /// <summary>What was last chosen in this browser, else its wish: the user's own choice is in the database.</summary>
    static CultureInfo LanguageOf(HttpRequest request) =>
        CultureInfo.GetCultureInfo(
            Words.Languages.FirstOrDefault(language => language == request.Cookies[Language.Cookie])
                ?? request
                    .GetTypedHeaders()
                    .AcceptLanguage.OrderByDescending(wish => wish.Quality ?? 1)
                    .Select(wish => wish.Value.ToString().Split('-')[0])
                    .FirstOrDefault(Words.Languages.Contains)
                ?? Words.Languages[0]
        );

    static string Text(string words) => HtmlEncoder.Default.Encode(words);
}

static class OutageAnswers
{
    static readonly string[] WithoutDatabase = ["/healthz", "/readyz", "/metrics"];

    /// <summary>Before authentication, which reads the user. Once the database was ready, a later outage shows as an exception.</summary>
    public static void UseOutageAnswer(this WebApplication app)
    {
        var ready = app.Services.GetRequiredService<DatabaseReady>();
        app.Use(
            (http, next) =>
                ready.Yes || WithoutDatabase.Any(path => http.Request.Path.StartsWithSegments(path))
                    ? next(http)
                    : OutageAnswer.WriteAsync(http)
        );
    }
}
