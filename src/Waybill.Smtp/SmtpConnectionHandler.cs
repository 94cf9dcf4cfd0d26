using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Logging;

namespace Waybill.Smtp;

/// <summary>Takes SMTP connections from Kestrel. One instance serves all listeners, so that the session limits hold over all of them.</summary>
public sealed class SmtpConnectionHandler(
    SmtpReceiverOptions options,
    MayReceive mayReceive,
    StoreMail storeMail,
    TimeProvider time,
    SmtpMeter meter,
    ILogger<SmtpConnectionHandler> log
) : ConnectionHandler
{
    readonly OpenSessions open = new(options.MaxSessions, options.MaxSessionsPerAddress);
    readonly SmtpReceiverOptions options = Checked(options);

    public override Task OnConnectedAsync(ConnectionContext connection) => ServeAsync(connection, SmtpMode.Smtp);

    internal async Task ServeAsync(ConnectionContext connection, SmtpMode mode)
    {
        var remote = RemoteAddress(connection.RemoteEndPoint);
        using var wire = new SmtpWire(connection.Transport, time);
        if (!open.TryEnter(remote))
        {
            log.TooManySessions(open.Count);
            meter.Refused(SmtpReply.TooManySessions);
            wire.Write(SmtpReply.TooManySessions);
            wire.Arm(TimeSpan.FromSeconds(10));
            await wire.FlushAsync();
            return;
        }
        meter.Opened(mode);
        try
        {
            // Kestrel asks first (a stop between two commands gets 421, a mail being received may finish) and aborts when the host's
            // shutdown wait is over. ConnectionClosed alone proves nothing: it also comes when a client that has sent everything
            // closes its half.
            using var hostGaveUp = new CancellationTokenSource();
            using var stop = connection
                .Features.Get<IConnectionLifetimeNotificationFeature>()
                ?.ConnectionClosedRequested.Register(wire.Stop);
            using var closed = connection.ConnectionClosed.Register(() =>
            {
                if (wire.IsStopping)
                    hostGaveUp.Cancel();
            });
            var session = new SmtpSession(
                wire,
                options,
                mayReceive,
                storeMail,
                time,
                log,
                meter,
                mode,
                connection.ConnectionId,
                remote,
                hostGaveUp.Token
            );
            await session.RunAsync();
        }
        catch (Exception e)
        {
            log.SessionFailed(e, connection.ConnectionId);
        }
        finally
        {
            meter.Closed();
            open.Leave(remote);
        }
    }

    static SmtpReceiverOptions Checked(SmtpReceiverOptions options)
    {
        options.Check();
        return options;
    }

    // A Unix socket's peer is this machine.
    static IPAddress RemoteAddress(EndPoint? peer) =>
        peer is not IPEndPoint { Address: var address } ? IPAddress.Loopback
        : address.IsIPv4MappedToIPv6 ? address.MapToIPv4()
        : address;
}
