using MimeKit;
using MimeKit.Text;
using MimeKit.Tnef;

namespace Waybill.Mail;

/// <summary>Sorts the parts of a mail into what is read and what is attached.</summary>
sealed class MailParts
{
    readonly MailLimits limits;
    readonly List<(MimeEntity Entity, bool Inline)> files = [];
    bool hasBody;

    MailParts(MailLimits limits) => this.limits = limits;

    public string? Html { get; private set; }

    public string? Text { get; private set; }

    public bool BodyTooLarge { get; private set; }

    public IReadOnlyList<MailAttachment> Attachments { get; private set; } = [];

    public static MailParts Of(MimeMessage message, MailLimits limits)
    {
        var parts = new MailParts(limits);
        if (message.Body is { } body)
            parts.Take(body, inAlternative: false, inRelated: false);
        if (parts.BodyTooLarge)
            (parts.Html, parts.Text) = (null, null);
        parts.Attachments =
        [
            .. parts.files.Select(file => new MailAttachment(
                file.Entity,
                file.Inline || parts.IsNamedByHtml(file.Entity)
            )),
        ];
        return parts;
    }

    void Take(MimeEntity entity, bool inAlternative, bool inRelated)
    {
        switch (entity)
        {
            case Multipart multipart:
                var alternative = multipart.ContentType.IsMimeType("multipart", "alternative");
                var related = multipart.ContentType.IsMimeType("multipart", "related");
                foreach (var part in multipart)
                    Take(part, alternative, related);
                break;
            case TnefPart tnef when IsSmall(tnef):
                TakeTnef(tnef);
                break;
            case TextPart text when IsBody(text):
                TakeText(text, inAlternative);
                break;
            default:
                var inline = entity.ContentDisposition?.Disposition == ContentDisposition.Inline;
                files.Add((entity, inline && entity is MimePart && (inRelated || entity.ContentId is not null)));
                break;
        }
    }

    static bool IsBody(TextPart text) =>
        (text.IsHtml || text.IsPlain || text.IsFlowed) && !text.IsAttachment && string.IsNullOrEmpty(text.FileName);

    void TakeText(TextPart part, bool inAlternative)
    {
        if (hasBody || Decode(part) is not { } words)
            return;
        if (part.IsHtml)
            Html =
                Html is null ? words
                : inAlternative ? Html
                : Bounded(Html + "<br>\n" + words);
        else
            Text =
                Text is null ? words
                : inAlternative ? Text
                : Bounded(Text + "\n" + words);
    }

    string? Decode(TextPart part)
    {
        if (part.Content is not { } content)
            return "";
        using var counted = new CappedStream(limits.MaxBodyBytes);
        try
        {
            content.DecodeTo(counted);
        }
        catch (CappedStream.FullException)
        {
            BodyTooLarge = true;
            return null;
        }
        var text = Characters(part, counted.ToArray());
        if (!part.IsFlowed)
            return text;
        var deleteSpace = "yes".Equals(part.ContentType.Parameters["delsp"], StringComparison.OrdinalIgnoreCase);
        return new FlowedToText { DeleteSpace = deleteSpace }.Convert(text);
    }

    /// <summary>An unknown or wrong charset degrades: UTF-8 when the bytes are that, else Latin-1.</summary>
    static string Characters(TextPart part, byte[] bytes)
    {
        string text;
        try
        {
            using var copy = new TextPart(part.ContentType.MediaSubtype)
            {
                Content = new MimeContent(new MemoryStream(bytes, writable: false)),
            };
            if (part.ContentType.Charset is { Length: > 0 } charset)
                copy.ContentType.Charset = charset;
            text = copy.Text;
        }
        catch (Exception unknown) when (unknown is not OutOfMemoryException)
        {
            text = System.Text.Encoding.Latin1.GetString(bytes);
        }
        // Databases refuse NUL in text, and it has no meaning in mail.
        return text.Replace("\0", "", StringComparison.Ordinal);
    }

    string Bounded(string joined)
    {
        if (joined.Length <= limits.MaxBodyBytes)
            return joined;
        BodyTooLarge = true;
        return "";
    }

    bool IsSmall(TnefPart tnef) => tnef.Content?.Stream is { } stream && stream.Length <= limits.MaxTnefBytes;

    void TakeTnef(TnefPart tnef)
    {
        try
        {
            var entities = tnef.ConvertToMessage().Body is { } body ? [body] : tnef.ExtractAttachments().ToList();
            // Exchange repeats the body inside winmail.dat.
            hasBody = Html is not null || Text is not null;
            foreach (var entity in entities)
                Take(entity, inAlternative: false, inRelated: false);
            hasBody = false;
            if (entities.Count == 0)
                files.Add((tnef, false));
        }
        catch (Exception broken) when (broken is not OutOfMemoryException)
        {
            files.Add((tnef, false));
        }
    }

    bool IsNamedByHtml(MimeEntity entity) =>
        Html is not null
        && MessageIds.Normalise(entity.ContentId) is { } id
        && (
            Html.Contains("cid:" + id, StringComparison.OrdinalIgnoreCase)
            || Html.Contains("cid:" + Uri.EscapeDataString(id), StringComparison.OrdinalIgnoreCase)
        );
}
