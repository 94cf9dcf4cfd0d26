using System.Net.Sockets;
using MailKit;
using MailKit.Net.Smtp;

namespace Waybill.Server.Notices;

public enum Obstacle
{
    /// <summary>The relay refuses this mail or its recipient and will again.</summary>
    ForGood,

    /// <summary>The relay takes other mail, this one later.</summary>
    ThisNotice,

    /// <summary>Nothing gets through: away, wrong password, no TLS.</summary>
    Relay,
}

/// <summary>What a failed try means and when the next one is. Pure.</summary>
public static class AfterATry
{
    static readonly TimeSpan LongestForOne = TimeSpan.FromHours(1);
    static readonly TimeSpan LongestForRelay = TimeSpan.FromMinutes(5);

    /// <param name="error">What the relay or the way to it said.</param>
    /// <param name="connected">False: it came to no mail at all.</param>
    public static Obstacle Of(Exception error, bool connected) =>
        error switch
        {
            _ when !connected => Obstacle.Relay,
            SmtpCommandException { StatusCode: SmtpStatusCode.ServiceNotAvailable } => Obstacle.Relay,
            // Our own address is refused: the operator's to mend, then everything leaves.
            SmtpCommandException { ErrorCode: SmtpErrorCode.SenderNotAccepted } => Obstacle.Relay,
            SmtpCommandException { StatusCode: >= (SmtpStatusCode)500 } => Obstacle.ForGood,
            SmtpCommandException => Obstacle.ThisNotice,
            IOException
            or SocketException
            or ProtocolException
            or TimeoutException
            or OperationCanceledException
            or ServiceNotConnectedException
            or ServiceNotAuthenticatedException => Obstacle.Relay,
            _ => Obstacle.ThisNotice,
        };

    /// <summary>1, 2, 4 … minutes, at most an hour apart.</summary>
    public static TimeSpan PauseOfOne(int tries) => Doubling(TimeSpan.FromMinutes(1), tries - 1, LongestForOne);

    /// <summary>1, 2, 4 … seconds, at most five minutes apart: when the relay is back, so is the mail.</summary>
    public static TimeSpan PauseOfRelay(int tries) => Doubling(TimeSpan.FromSeconds(1), tries - 1, LongestForRelay);

    /// <summary>Null gives the notice up.</summary>
    public static DateTime? NextTry(Obstacle obstacle, TimeSpan pause, DateTime giveUpAt, DateTime now) =>
        obstacle == Obstacle.ForGood || now >= giveUpAt ? null : now + pause;

    static TimeSpan Doubling(TimeSpan first, int times, TimeSpan longest) =>
        times >= 20 || first * (1 << Math.Max(0, times)) > longest ? longest : first * (1 << Math.Max(0, times));
}
