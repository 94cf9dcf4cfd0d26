using System.Net.Sockets;
using MailKit.Net.Smtp;
using MailKit.Security;
using Waybill.Server.Kernel;

namespace Waybill.Server.Operations.Doctor;

/// <summary>The relay our notices leave through greets us, with TLS as configured and with our sign-in. No mail is sent.</summary>
static class RelayCheck
{
    const string Subject = "relay";

    public static async Task<Finding[]> LookAsync(WaybillOptions options, CancellationToken stop)
    {
        if (options.Relay is not { } relay)
            return
            [
                Finding.Warning(
                    Subject,
                    "None is set, so invitations and notices can't leave. Set Waybill:Relay:Host."
                ),
            ];
        var where = $"{relay.Host}:{relay.Port}";
        var security = relay.Security switch
        {
            RelaySecurity.None => SecureSocketOptions.None,
            RelaySecurity.Tls => SecureSocketOptions.SslOnConnect,
            _ => SecureSocketOptions.StartTls,
        };
        using var smtp = new SmtpClient { Timeout = 8000 };
        try
        {
            await smtp.ConnectAsync(relay.Host, relay.Port, security, stop);
            if (relay.User is { } user)
                await smtp.AuthenticateAsync(user, relay.Password ?? "", stop);
            await smtp.DisconnectAsync(true, stop);
            return [Finding.Ok(Subject, $"{where} takes our mail")];
        }
        catch (AuthenticationException)
        {
            return
            [
                Finding.Problem(
                    Subject,
                    $"{where} refuses our sign-in. Correct Waybill:Relay:User and Waybill:Relay:Password."
                ),
            ];
        }
        catch (Exception error)
            when (error
                    is SocketException
                        or IOException
                        or SslHandshakeException
                        or SmtpCommandException
                        or SmtpProtocolException
                        or NotSupportedException
            )
        {
            return
            [
                Finding.Problem(
                    Subject,
                    $"{where} can't be used: {error.Message.Split('\n')[0].Trim().TrimEnd('.')}. Correct Waybill:Relay:Host, Port and Security."
                ),
            ];
        }
    }
}
