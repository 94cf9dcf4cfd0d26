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

    [LoggerMessage(LogLevel.Warning, "Too many sessions ({Sessions}), {Remote} answered 421")]
    public static partial void TooManySessions(this ILogger log, int sessions, System.Net.IPAddress remote);

    [LoggerMessage(LogLevel.Error, "Session {Session} broke off by an error of ours")]
    public static partial void SessionFailed(this ILogger log, Exception e, string session);
}
