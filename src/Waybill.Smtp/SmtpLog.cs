using Microsoft.Extensions.Logging;

namespace Waybill.Smtp;

static partial class SmtpLog
{
    [LoggerMessage(LogLevel.Error, "Session {Session}: asking for a recipient failed, answered 451")]
    public static partial void RecipientFailed(this ILogger log, Exception e, string session);

    [LoggerMessage(LogLevel.Error, "Session {Session}: storing a mail failed, answered 451")]
    public static partial void StoreFailed(this ILogger log, Exception e, string session);

    [LoggerMessage(
        LogLevel.Error,
        "Session {Session}: the store answered Stored without reading to a good end ({Fault}), not answered 250"
    )]
    public static partial void StoreDidNotReadAll(this ILogger log, string session, MailContentFault fault);

    [LoggerMessage(LogLevel.Debug, "Session {Session}: mail of {Bytes} bytes answered {Code}")]
    public static partial void MailTaken(this ILogger log, string session, long bytes, int? code);

    [LoggerMessage(
        LogLevel.Warning,
        "Too many sessions, in all or from one address, with {Sessions} open: one more answered 421"
    )]
    public static partial void TooManySessions(this ILogger log, int sessions);

    [LoggerMessage(LogLevel.Debug, "Session {Session}: TLS could not begin: {Why}")]
    public static partial void HandshakeFailed(this ILogger log, string session, string why);

    [LoggerMessage(LogLevel.Information, "The new certificate in {File} is in use, valid until {ExpiresAt:u}")]
    public static partial void CertificateReplaced(this ILogger log, string file, DateTime expiresAt);

    [LoggerMessage(LogLevel.Error, "The certificate files changed and can't be used, the old certificate stays: {Why}")]
    public static partial void CertificateKept(this ILogger log, string why);

    [LoggerMessage(
        LogLevel.Warning,
        "The mail receiver's certificate in {File} is valid only until {ExpiresAt:u}, renew it"
    )]
    public static partial void CertificateExpires(this ILogger log, string file, DateTime expiresAt);

    [LoggerMessage(LogLevel.Error, "Session {Session} broke off by an error of ours")]
    public static partial void SessionFailed(this ILogger log, Exception e, string session);
}
