using System.Text.Json;
using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using MimeKit;
using MimeKit.Utils;
using Waybill.Mail;
using Waybill.Server.Identity;
using Waybill.Server.Kernel;
using Waybill.Server.Storage;

namespace Waybill.Server.Demo;

/// <summary>What Exchange does for Outlook: builds the MIME message and hands it to SMTP. Bcc travels in the envelope only.</summary>
public static class OutlookEndpoints
{
    const long LargestForm = 200L * 1024 * 1024;

    public static void MapOutlookSimulator(this IEndpointRouteBuilder app) =>
        app.MapPost("/demo/outlook/send", SendAsync)
            .AllowAnonymous()
            .DisableAntiforgery()
            .WithMetadata(new RequestSizeLimitAttribute(LargestForm))
            .WithMetadata(new RequestFormLimitsAttribute { MultipartBodyLengthLimit = LargestForm });

    public sealed record Person(string? Name, string Address);

    public sealed record Message(
        Person? From,
        IReadOnlyList<Person>? To,
        IReadOnlyList<Person>? Cc,
        IReadOnlyList<Person>? Bcc,
        string? Subject,
        string? Html,
        Dictionary<string, string>? Headers
    );

    static async Task<Results<Accepted, ProblemHttpResult>> SendAsync(
        HttpRequest request,
        AppDb db,
        WaybillOptions options,
        TimeProvider clock,
        CancellationToken stop
    )
    {
        // The simulator has no session, so a page of another origin must not be able to send through it.
        if (request.Headers["Sec-Fetch-Site"].ToString() is not ("" or "same-origin"))
            return Problem.Forbidden("Only the simulator's own page may send.");
        if (!request.HasFormContentType)
            return Problem.BadRequest("Send multipart/form-data with a field named message.");
        var form = await request.ReadFormAsync(stop);
        Message? message;
        try
        {
            message = JsonSerializer.Deserialize<Message>(form["message"].ToString(), JsonSerializerOptions.Web);
        }
        catch (JsonException)
        {
            return Problem.BadRequest("The field named message is not JSON.");
        }
        if (message?.From is null || !EmailAddress.TryParse(message.From.Address, out var from))
            return Problem.BadRequest("From is missing.");
        if (await FindUser.BySendingAddressAsync(db, from, stop) is null)
            return Problem.BadRequest($"{from} has no mailbox here.");
        var everyone = new[] { message.To, message.Cc, message.Bcc }.SelectMany(list => list ?? []).ToList();
        if (everyone.Count == 0)
            return Problem.BadRequest("Add at least one recipient.");
        foreach (var person in everyone)
            if (!EmailAddress.TryParse(person.Address, out _))
                return Problem.BadRequest($"“{person.Address}” is not an email address.");

        using var mime = Build(message, message.From, form.Files, clock);
        try
        {
            using var smtp = new SmtpClient { LocalDomain = "outlook.simulator.test" };
            await smtp.ConnectAsync("127.0.0.1", options.SmtpPort, SecureSocketOptions.None, stop);
            var envelope = everyone.Select(Mailbox).DistinctBy(m => m.Address).ToList();
            await smtp.SendAsync(mime, Mailbox(message.From), envelope, stop);
            await smtp.DisconnectAsync(true, stop);
            return TypedResults.Accepted((string?)null);
        }
        catch (SmtpCommandException refused)
        {
            return Problem.BadRequest(
                $"The mail server refused {refused.Mailbox?.Address ?? "the mail"}: {refused.Message}"
            );
        }
    }

    static MimeMessage Build(Message message, Person from, IFormFileCollection files, TimeProvider clock)
    {
        var mime = new MimeMessage
        {
            Subject = message.Subject ?? "",
            Date = clock.GetUtcNow(),
            MessageId = MimeUtils.GenerateMessageId("outlook.simulator.test"),
        };
        mime.From.Add(Mailbox(from));
        mime.To.AddRange((message.To ?? []).Select(Mailbox));
        mime.Cc.AddRange((message.Cc ?? []).Select(Mailbox));
        foreach (var (name, value) in message.Headers ?? [])
            if (name.StartsWith("X-", StringComparison.OrdinalIgnoreCase))
                mime.Headers.Add(name, value);
        var html = message.Html ?? "";
        var body = new BodyBuilder { HtmlBody = html, TextBody = PlainText.FromHtml(html) };
        foreach (var file in files.GetFiles("attachment"))
        {
            using var content = file.OpenReadStream();
            var type = ContentType.TryParse(file.ContentType, out var said) ? said : new("application", "octet-stream");
            body.Attachments.Add(Path.GetFileName(file.FileName), content, type);
        }
        mime.Body = body.ToMessageBody();
        return mime;
    }

    static MailboxAddress Mailbox(Person person) => new(person.Name ?? "", EmailAddress.Parse(person.Address).Text);
}
