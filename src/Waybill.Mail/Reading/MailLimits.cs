namespace Waybill.Mail;

/// <summary>How much of a stranger's mail is taken in. Sizes are bytes unless they say characters.</summary>
public sealed record MailLimits
{
    /// <summary>A body (HTML or text, each) larger than this is not read: <see cref="ReadMail.BodyTooLarge"/>.</summary>
    public int MaxBodyBytes { get; init; } = 2 * 1024 * 1024;

    /// <summary>The mail's own header block; a larger one makes it unreadable.</summary>
    public int MaxHeaderBytes { get; init; } = 1024 * 1024;

    /// <summary>Header fields kept; further ones are ignored.</summary>
    public int MaxHeaders { get; init; } = 500;

    /// <summary>Characters kept of one header field.</summary>
    public int MaxHeaderLength { get; init; } = 16 * 1024;

    /// <summary>MIME parts of all levels; more make the mail unreadable.</summary>
    public int MaxParts { get; init; } = 2_000;

    /// <summary>Multiparts and forwarded mails inside each other; deeper ones become attachments as they are.</summary>
    public int MaxNesting { get; init; } = 30;

    /// <summary>Addresses kept of To and of Cc, each.</summary>
    public int MaxAddresses { get; init; } = 1_000;

    /// <summary>Message ids kept of References: the first, and the last ones.</summary>
    public int MaxReferences { get; init; } = 100;

    /// <summary>A winmail.dat larger than this stays one attachment; smaller ones are unfolded in memory.</summary>
    public int MaxTnefBytes { get; init; } = 25 * 1024 * 1024;

    public int PreviewLength { get; init; } = 200;

    public static MailLimits Default { get; } = new();
}
