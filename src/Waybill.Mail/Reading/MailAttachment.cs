using MimeKit;
using MimeKit.IO;

namespace Waybill.Mail;

/// <summary>A file that came with a mail.</summary>
public sealed class MailAttachment
{
    readonly MimeEntity entity;

    internal MailAttachment(MimeEntity entity, bool isInline)
    {
        this.entity = entity;
        IsInline = isInline;
        ContentType = entity.ContentType.MimeType.ToLowerInvariant();
        ContentId = MessageIds.Normalise(entity.ContentId);
        FileName = FileNames.Safe(NameOf(entity), ContentType);
        Size = Measure();
    }

    /// <summary>One path segment, fit for any file system and to be shown: see <see cref="FileNames.Safe"/>.</summary>
    public string FileName { get; }

    /// <summary>Lower case, without parameters. The sender's claim.</summary>
    public string ContentType { get; }

    /// <summary>Bytes after decoding.</summary>
    public long Size { get; }

    /// <summary>Without angle brackets.</summary>
    public string? ContentId { get; }

    /// <summary>Shown within the body (a picture with a Content-ID that the HTML names, or a part the sender calls inline), not listed below it.</summary>
    public bool IsInline { get; }

    /// <summary>The decoded content, to be read once from the start. Reads from the mail's own stream.</summary>
    public Stream OpenRead()
    {
        if (entity is MimePart { Content: { } content })
            return content.Open();
        var whole = new MemoryBlockStream();
        CopyTo(whole);
        whole.Position = 0;
        return whole;
    }

    public void CopyTo(Stream target, CancellationToken cancel = default)
    {
        if (entity is MimePart part)
            part.Content?.DecodeTo(target, cancel);
        else if (entity is MessagePart { Message: { } message })
            message.WriteTo(target, cancel);
    }

    public async Task CopyToAsync(Stream target, CancellationToken cancel = default)
    {
        if (entity is MimePart { Content: { } content })
            await content.DecodeToAsync(target, cancel);
        else if (entity is MessagePart { Message: { } message })
            await message.WriteToAsync(target, cancel);
    }

    long Measure()
    {
        using var measure = new MeasuringStream();
        try
        {
            CopyTo(measure);
        }
        catch (Exception broken) when (broken is not OutOfMemoryException)
        {
            // What could be decoded counts; opening it gives the same bytes.
        }
        return measure.Length;
    }

    static string? NameOf(MimeEntity entity)
    {
        if (entity is MimePart { FileName: { Length: > 0 } name })
            return name;
        if (entity is MessagePart { Message: { } message })
            return $"{(string.IsNullOrWhiteSpace(message.Subject) ? "message" : message.Subject.Replace('/', '-').Replace('\\', '-'))}.eml";
        return entity.ContentDisposition?.FileName ?? entity.ContentType.Name;
    }
}
