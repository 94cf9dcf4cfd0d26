using System.Net;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Waybill.Mail;
using Waybill.Server.Kernel;
using Waybill.Server.Storage;

namespace Waybill.Server.Demo;

/// <summary>The demo inbox for programs, and the frame in which its page shows a mail.</summary>
public static class DemoInboxEndpoints
{
    public static void MapDemoInbox(this IEndpointRouteBuilder app)
    {
        app.MapGet("/demo/inbox", PageAsync).AllowAnonymous();
        var messages = app.MapGroup("/demo/inbox/messages").AllowAnonymous();
        messages.MapGet("/", ListAsync);
        messages.MapGet("/{id:long}/raw", RawAsync);
        messages.MapGet("/{id:long}/view", ViewAsync);
    }

    public sealed record Headline(long Id, string To, string Subject, string From, DateTime At);

    static async Task<RazorComponentResult<DemoInboxPage>> PageAsync(
        AppDb db,
        WaybillOptions options,
        string? to,
        long? id,
        CancellationToken stop
    )
    {
        var address = Recipient(to);
        var messages = await db
            .DemoMessages.Where(m => address == null || m.To == address)
            .OrderByDescending(m => m.Id)
            .Take(200)
            .ToListAsync(stop);
        return new(
            new Dictionary<string, object?>
            {
                [nameof(DemoInboxPage.Messages)] = messages,
                [nameof(DemoInboxPage.Addresses)] = await db
                    .DemoMessages.Select(m => m.To)
                    .Distinct()
                    .Order()
                    .ToListAsync(stop),
                [nameof(DemoInboxPage.To)] = address ?? "",
                [nameof(DemoInboxPage.Open)] = id is null ? null : messages.FirstOrDefault(m => m.Id == id),
                [nameof(DemoInboxPage.TrackingUrl)] = options.TrackingUrl,
            }
        );
    }

    static string? Recipient(string? to) => string.IsNullOrWhiteSpace(to) ? null : to.Trim().ToLowerInvariant();

    static async Task<Ok<List<Headline>>> ListAsync(AppDb db, string? to, CancellationToken stop)
    {
        var address = Recipient(to);
        return TypedResults.Ok(
            await db
                .DemoMessages.Where(m => address == null || m.To == address)
                .OrderByDescending(m => m.Id)
                .Take(500)
                .Select(m => new Headline(m.Id, m.To, m.Subject, m.From, m.At))
                .ToListAsync(stop)
        );
    }

    static async Task<Results<FileStreamHttpResult, ProblemHttpResult>> RawAsync(
        AppDb db,
        Blobs blobs,
        long id,
        CancellationToken stop
    )
    {
        var message = await db.DemoMessages.FirstOrDefaultAsync(m => m.Id == id, stop);
        return message is not null && blobs.Open(message.Raw) is { } raw
            ? TypedResults.Stream(raw, "message/rfc822")
            : Problem.NotFound("There is no such message.");
    }

    /// <summary>
    /// A stranger's mail client: it lives under the tracking host's name, so no session cookie comes along, loads remote images as
    /// most clients do, and opens links in a new window.
    /// </summary>
    static async Task<Results<ContentHttpResult, ProblemHttpResult>> ViewAsync(
        AppDb db,
        Blobs blobs,
        HttpResponse response,
        long id,
        CancellationToken stop
    )
    {
        var message = await db.DemoMessages.FirstOrDefaultAsync(m => m.Id == id, stop);
        if (message is null || blobs.Open(message.Raw) is not { } raw)
            return Problem.NotFound("There is no such message.");
        ReadMail mail;
        await using (raw)
            mail = MailReader.Read(raw, MailLimits.Default);
        response.Headers.ContentSecurityPolicy =
            "default-src 'none'; img-src * data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
            + "sandbox allow-popups allow-popups-to-escape-sandbox";
        response.Headers.CacheControl = "no-store";
        return TypedResults.Content(Page(mail), "text/html; charset=utf-8");
    }

    const string Style =
        "body{margin:16px;font:15px/1.5 Georgia,serif;color:#222;background:#fff;overflow-wrap:anywhere}"
        + "img{max-width:100%}pre{white-space:pre-wrap;font:inherit}";

    static string Page(ReadMail mail)
    {
        var body = mail.Html is { } html
            ? SafeHtml.Clean(html, new SafeHtmlOptions { ShowRemoteImages = true }).Html
            : $"<pre>{WebUtility.HtmlEncode(mail.Text ?? "")}</pre>";
        return "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Message</title>"
            + $"<style>{Style}</style></head><body>{body}</body></html>";
    }
}
