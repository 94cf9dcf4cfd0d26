namespace Waybill.Smtp;

/// <summary>What a listener speaks.</summary>
public enum SmtpMode
{
    Smtp,

    /// <summary>RFC 2033: LHLO, and one reply for each recipient after the final dot. For a mail server in front, on loopback or a Unix socket.</summary>
    Lmtp,
}

/// <summary>Who must begin TLS before anything else counts.</summary>
public enum TlsDemand
{
    Nobody,

    /// <summary>Every peer that is not on this machine.</summary>
    Outsiders,
    Everybody,
}
