using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Localization;
using Microsoft.Net.Http.Headers;
using Waybill.Server.Crm;
using Waybill.Server.Kernel;
using Waybill.Server.Storage;
using Waybill.Server.Tracking;
using Waybill.Server.Ui;

namespace Waybill.Server.Logging;

/// <summary>The body and the attachments of a logged mail, for those who are signed in. Both come from strangers.</summary>
public static class MailEndpoints
{
    /// <summary>
    /// The sandbox stands here as well as on the frame, so that the address opened by itself is as harmless. Styles are the mail's own
    /// attributes, cleaned; nothing is loaded unless the reader asked for pictures.
    /// </summary>
    const string BodyPolicy =
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; "
        + "sandbox allow-popups allow-popups-to-escape-sandbox; img-src data:";

    const string FilePolicy = "default-src 'none'; frame-ancestors 'none'; sandbox";

    public static void MapMailEndpoints(this IEndpointRouteBuilder app)
    {
        var mail = app.MapGroup("/mail/{id:long}").RequireAuthorization();
        mail.MapGet("/body", BodyAsync);
        mail.MapGet("/attachments/{attachmentId:long}/{name}", AttachmentAsync);
    }

    static async Task<IResult> BodyAsync(
        long id,
        string? pictures,
        AppDb db,
        Blobs blobs,
        TrackingTokens tokens,
        IStringLocalizer<Words> words,
        HttpContext http,
        CancellationToken stop
    )
    {
        var email = await db.LoggedEmails.AsNoTracking().SingleOrDefaultAsync(e => e.RecordId == id, stop);
        if (email is null || !await IsThereAsync(db, id, stop))
            return Problem.NotFound("There is no such mail, or it was deleted.");
        var show = pictures == "1";
        var body = MailBody.Render(
            email,
            new MailBodyOptions
            {
                Own = tokens.Own,
                Cid = await InlinePictures.ReadAsync(db, blobs, id, stop),
                Pictures = show,
                QuoteLabel = words["Show quoted text"],
                CutLabel = words["The rest is left out. The whole mail is in its raw form."],
            }
        );
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = show ? BodyPolicy + " https: http:" : BodyPolicy;
        headers["Referrer-Policy"] = "no-referrer";
        Guard(headers);
        return Results.Text(body.Page, "text/html", Encoding.UTF8);
    }

    static async Task<IResult> AttachmentAsync(
        long id,
        long attachmentId,
        AppDb db,
        Blobs blobs,
        HttpContext http,
        CancellationToken stop
    )
    {
        var file = await db
            .Attachments.AsNoTracking()
            .SingleOrDefaultAsync(a => a.Id == attachmentId && a.EmailId == id, stop);
        if (file is null || !await IsThereAsync(db, id, stop) || blobs.Open(file.Blob) is not { } bytes)
            return Problem.NotFound("There is no such attachment, or its mail was deleted.");
        var picture = InlinePictures.IsSafe(file.ContentType);
        // RFC 6266: a quoted ASCII name for old clients and filename* with the real one.
        var disposition = new ContentDispositionHeaderValue(picture ? "inline" : "attachment");
        disposition.SetHttpFileName(file.FileName);
        var headers = http.Response.Headers;
        headers.ContentDisposition = disposition.ToString();
        headers.ContentSecurityPolicy = FilePolicy;
        Guard(headers);
        return Results.Stream(
            bytes,
            picture ? file.ContentType : "application/octet-stream",
            entityTag: new EntityTagHeaderValue($"\"{file.Blob}\""),
            enableRangeProcessing: true
        );
    }

    static Task<bool> IsThereAsync(AppDb db, long id, CancellationToken stop) =>
        db.Records.AnyAsync(r => r.Id == id && r.Type == RecordTypes.Email && !r.Archived, stop);

    static void Guard(IHeaderDictionary headers)
    {
        headers.XContentTypeOptions = "nosniff";
        headers.CacheControl = "private, no-store";
    }
}
