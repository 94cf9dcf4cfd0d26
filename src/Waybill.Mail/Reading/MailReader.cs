using System.Diagnostics.CodeAnalysis;
using System.Text;
using MimeKit;
using MimeKit.Utils;

namespace Waybill.Mail;

/// <summary>Reads RFC 5322 mail as it comes: broken, hostile, or plain old.</summary>
public static class MailReader
{
    const int LongestSubject = 998;
    const int LongestAddress = 320;

    // Mail is full of windows-125x and ISO-2022; without this .NET knows only Unicode and Latin-1.
    static MailReader() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    /// <param name="raw">A seekable stream, read from its current position; attachments read from it later.</param>
    /// <param name="limits">What protects memory; <see cref="MailLimits.Default"/> when null.</param>
    /// <exception cref="MailUnreadableException">The only exception a mail's content can cause.</exception>
    /// <exception cref="ArgumentException">The stream cannot seek.</exception>
    public static ReadMail Read(Stream raw, MailLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(raw);
        if (!raw.CanSeek)
            throw new ArgumentException(
                "A seekable stream is needed: attachments are read from it later.",
                nameof(raw)
            );
        limits ??= MailLimits.Default;
        var start = raw.Position;
        HeaderBlock.Check(raw, limits.MaxHeaderBytes);
        raw.Position = start;
        try
        {
            var options = ParserOptions.Default.Clone();
            options.MaxMimeDepth = limits.MaxNesting;
            options.AllowAddressesWithoutDomain = true;
            return Read(new BoundedParser(options, raw, limits.MaxParts).ParseMessage(), options, limits);
        }
        catch (Exception broken) when (broken is not (MailUnreadableException or IOException or OutOfMemoryException))
        {
            throw new MailUnreadableException("The mail cannot be parsed.", broken);
        }
    }

    static ReadMail Read(MimeMessage message, ParserOptions options, MailLimits limits)
    {
        var headers = Headers(message, limits);
        string? First(string name) => headers.TryGetValue(name, out var values) ? values[0] : null;
        var authors = Addresses(message, options, HeaderId.From, 2);
        var parts = MailParts.Of(message, limits);
        var references = MessageIds.List(First("References"), limits.MaxReferences);
        var own = MessageIds.Normalise(First("Message-ID"));
        var mail = new ReadMail
        {
            From = authors is [var author, ..] ? author : null,
            HasSeveralAuthors = authors.Count > 1,
            Sender = Addresses(message, options, HeaderId.Sender, 1) is [var sender, ..] ? sender : null,
            ReplyTo = Addresses(message, options, HeaderId.ReplyTo, limits.MaxAddresses),
            To = Addresses(message, options, HeaderId.To, limits.MaxAddresses),
            Cc = Addresses(message, options, HeaderId.Cc, limits.MaxAddresses),
            Subject = PlainText.OneLine(First("Subject") ?? "", LongestSubject),
            Date = DateOf(First("Date")),
            MessageId = own ?? "",
            HasOwnMessageId = own is not null,
            InReplyTo = MessageIds.List(First("In-Reply-To"), 2) is [var parent, ..] ? parent : null,
            References = references,
            Html = parts.Html,
            Text = parts.Text,
            Preview = MailPreview.Of(parts.Html, parts.Text, limits.PreviewLength),
            BodyTooLarge = parts.BodyTooLarge,
            Attachments = parts.Attachments,
            Sensitivity = SensitivityOf(First("Sensitivity")),
            AutoSubmitted = IsAutoSubmitted(First, message.Body),
            Headers = headers,
        };
        return own is null ? mail with { MessageId = MissingId(mail) } : mail;
    }

    static Dictionary<string, IReadOnlyList<string>> Headers(MimeMessage message, MailLimits limits)
    {
        var headers = new Dictionary<string, IReadOnlyList<string>>(StringComparer.OrdinalIgnoreCase);
        foreach (var header in message.Headers.Take(limits.MaxHeaders))
        {
            var value = PlainText.Cut(Value(header), limits.MaxHeaderLength);
            if (headers.TryGetValue(header.Field, out var values))
                ((List<string>)values).Add(value);
            else
                headers.Add(header.Field, new List<string> { value });
        }
        return headers;
    }

    static string Value(Header header)
    {
        try
        {
            return header.Value?.Trim() ?? "";
        }
        catch (Exception unknown) when (unknown is not OutOfMemoryException)
        {
            return Encoding.Latin1.GetString(header.RawValue).Trim();
        }
    }

    static List<MailAddress> Addresses(MimeMessage message, ParserOptions options, HeaderId id, int limit)
    {
        var addresses = new List<MailAddress>();
        foreach (var header in message.Headers.Where(header => header.Id == id))
        {
            if (!TryParse(options, header, out var list))
                continue;
            foreach (
                var mailbox in list.Mailboxes.Where(mailbox => mailbox.Address.Contains('@', StringComparison.Ordinal))
            )
            {
                if (addresses.Count >= limit)
                    return addresses;
                if (mailbox.Address.Length <= LongestAddress)
                    addresses.Add(new(PlainText.OneLine(mailbox.Name ?? "", 200), mailbox.Address));
            }
        }
        return addresses;
    }

    /// <summary>Some programs put the semicolons people type into the header.</summary>
    static bool TryParse(ParserOptions options, Header header, [NotNullWhen(true)] out InternetAddressList? list) =>
        InternetAddressList.TryParse(options, header.RawValue, out list)
        || InternetAddressList.TryParse(options, Value(header).Replace(';', ','), out list);

    static DateTime? DateOf(string? header) =>
        header is not null && DateUtils.TryParse(header, out var date) ? date.UtcDateTime : null;

    static MailSensitivity SensitivityOf(string? header) =>
        header?.Trim().ToLowerInvariant() switch
        {
            "personal" => MailSensitivity.Personal,
            "private" => MailSensitivity.Private,
            "company-confidential" or "confidential" => MailSensitivity.Confidential,
            _ => MailSensitivity.Normal,
        };

    static bool IsAutoSubmitted(Func<string, string?> header, MimeEntity? body)
    {
        if (header("Auto-Submitted") is { } submitted)
            return !submitted.StartsWith("no", StringComparison.OrdinalIgnoreCase);
        return header("X-Autoreply") is not null
            || header("X-Autorespond") is not null
            || "auto_reply".Equals(header("Precedence"), StringComparison.OrdinalIgnoreCase)
            || (body?.ContentType.IsMimeType("multipart", "report") ?? false);
    }

    static string MissingId(ReadMail mail)
    {
        string?[] parts =
        [
            mail.From?.Address.ToLowerInvariant(),
            mail.Date?.Ticks.ToString(System.Globalization.CultureInfo.InvariantCulture),
            string.Join(',', mail.To.Concat(mail.Cc).Select(to => to.Address.ToLowerInvariant())),
            mail.Subject,
            mail.Text?.ReplaceLineEndings("\n").TrimEnd(),
            mail.Html?.ReplaceLineEndings("\n").TrimEnd(),
            .. mail.Attachments.Select(file => $"{file.FileName}:{file.Size}"),
        ];
        return $"sha256-{MessageIds.Hash(string.Join('\0', parts))}@missing.waybill";
    }
}
