namespace Waybill.Mail;

/// <summary>Name is "" when the mail gives none. Address is as written (case kept), without brackets, at most 320 characters.</summary>
public sealed record MailAddress(string Name, string Address);

/// <summary>RFC 2156 section 5.3.4 and Exchange: what the sender asked for.</summary>
public enum MailSensitivity
{
    Normal,
    Personal,
    Private,
    Confidential,
}

/// <summary>
/// What a mail says, with nothing in it trusted and everything bounded by <see cref="MailLimits"/>. Attachments read from the stream the
/// mail was read from: keep it open for as long as they are needed, and open one attachment at a time.
/// </summary>
public sealed record ReadMail
{
    /// <summary>The first author; null when the header is missing or has no address.</summary>
    public MailAddress? From { get; init; }

    /// <summary>More than one From header or author: RFC 5322 forbids the first, and nobody's authority should rest on either.</summary>
    public bool HasSeveralAuthors { get; init; }

    public MailAddress? Sender { get; init; }

    public IReadOnlyList<MailAddress> ReplyTo { get; init; } = [];

    public IReadOnlyList<MailAddress> To { get; init; } = [];

    public IReadOnlyList<MailAddress> Cc { get; init; } = [];

    public string Subject { get; init; } = "";

    /// <summary>UTC; null when missing or unreadable.</summary>
    public DateTime? Date { get; init; }

    /// <summary>Without angle brackets. A mail without one gets <c>sha256-...@missing.waybill</c>, made of its author, date, recipients,
    /// subject and words, so that the same mail has the same id by whatever way it came.</summary>
    public required string MessageId { get; init; }

    public bool HasOwnMessageId { get; init; }

    /// <summary>Normalised like MessageId, as are References (oldest first).</summary>
    public string? InReplyTo { get; init; }

    public IReadOnlyList<string> References { get; init; } = [];

    public string? Html { get; init; }

    public string? Text { get; init; }

    /// <summary>One line of the new words, without the quoted conversation unless there is nothing else.</summary>
    public string Preview { get; init; } = "";

    /// <summary>Html or Text was larger than the limit and is null for that reason.</summary>
    public bool BodyTooLarge { get; init; }

    public IReadOnlyList<MailAttachment> Attachments { get; init; } = [];

    public MailSensitivity Sensitivity { get; init; }

    /// <summary>Written by a program: RFC 3834, delivery reports, out-of-office replies. Never answer it.</summary>
    public bool AutoSubmitted { get; init; }

    /// <summary>Every header field, decoded and unfolded, by name regardless of case, in the order of the mail.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<string>> Headers { get; init; }

    /// <summary>The first value of a header field, or null.</summary>
    public string? Header(string name) => Headers.TryGetValue(name, out var values) ? values[0] : null;
}

/// <summary>The bytes are no mail we can take: no header, or past a limit of <see cref="MailLimits"/> that protects the reader.</summary>
public sealed class MailUnreadableException : Exception
{
    public MailUnreadableException() { }

    public MailUnreadableException(string message)
        : base(message) { }

    public MailUnreadableException(string message, Exception inner)
        : base(message, inner) { }
}
