using System.Net;

namespace Waybill.Smtp;

/// <summary>What the client said about a mail before its content. Immutable; a stranger's word throughout.</summary>
public sealed record SmtpEnvelope
{
    /// <summary>Names the connection in the log and the trace header; unique while the process lives.</summary>
    public required string SessionId { get; init; }

    /// <summary>Our own name (<see cref="SmtpReceiverOptions.HostName"/>).</summary>
    public required string ReceivedBy { get; init; }

    /// <summary>The client's address; IPv4 is never given in its IPv6-mapped form.</summary>
    public required IPAddress RemoteAddress { get; init; }

    /// <summary>The argument of HELO or EHLO: printable ASCII without spaces, not verified.</summary>
    public required string Helo { get; init; }

    /// <summary>The word for the trace header's "with" (RFC 3848, RFC 6531 4.3): SMTP, ESMTPS, UTF8LMTP and so on.</summary>
    public required string Protocol { get; init; }

    /// <summary>Version and cipher, such as <c>TLSv1.3 TLS_AES_256_GCM_SHA384</c>; null without TLS.</summary>
    public string? Tls { get; init; }

    /// <summary>When MAIL was accepted, UTC.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>The reverse-path; null for <c>&lt;&gt;</c>, which bounces carry.</summary>
    public SmtpAddress? MailFrom { get; init; }

    /// <summary>The recipients accepted so far, in order, none twice.</summary>
    public IReadOnlyList<SmtpAddress> Recipients { get; init; } = [];

    /// <summary>BODY=8BITMIME was given (RFC 6152). Without it 8-bit content is still taken as it comes.</summary>
    public bool BodyIs8Bit { get; init; }

    /// <summary>SMTPUTF8 was given (RFC 6531): addresses and header may be UTF-8.</summary>
    public bool IsUtf8 { get; init; }

    /// <summary>SIZE= in bytes, where given (RFC 1870): a hint, the content is counted anyway.</summary>
    public long? DeclaredSize { get; init; }
}
