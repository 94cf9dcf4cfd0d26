using System.Net.Sockets;
using MailKit.Net.Smtp;
using MailKit.Security;

namespace Waybill.Server.Operations.Doctor;

/// <summary>The relay our notices leave through greets us, with TLS as configured and with our sign-in. No mail is sent.</summary>
static class RelayCheck
{
    const string Subject = "relay";

    public static async Task<Finding[]> LookAsync(IConfiguration configuration, CancellationToken stop)
    {
        var relay = configuration.GetSection("Waybill:Relay");
        if (string.IsNullOrWhiteSpace(relay["Host"]))
            return
            [
                Finding.Warning(
                    Subject,
                    "None is set, so invitations and notices can't leave. Set Waybill:Relay:Host."
                ),
            ];
        var host = relay["Host"]!.Trim();
        var security = relay["Security"]?.Trim().ToLowerInvariant() switch
        {
            "none" => SecureSocketOptions.None,
            "tls" => SecureSocketOptions.SslOnConnect,
            _ => SecureSocketOptions.StartTls,
        };
        var port =
            int.TryParse(relay["Port"], out var set) ? set
            : security == SecureSocketOptions.SslOnConnect ? 465
            : security == SecureSocketOptions.StartTls ? 587
            : 25;
        using var smtp = new SmtpClient { Timeout = 8000 };
        try
        {
            await smtp.ConnectAsync(host, port, security, stop);
            if (relay["User"] is { Length: > 0 } user)
                await smtp.AuthenticateAsync(user, relay["Password"] ?? "", stop);
            await smtp.DisconnectAsync(true, stop);
            return [Finding.Ok(Subject, $"{host}:{port} takes our mail")];
        }
        catch (AuthenticationException)
        {
            return
            [
                Finding.Problem(
                    Subject,
                    $"{host}:{port} refuses our sign-in. Correct Waybill:Relay:User and Waybill:Relay:Password."
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
                    $"{host}:{port} can't be used: {error.Message.Split('\n')[0].Trim()} Correct Waybill:Relay:Host, Port and Security."
                ),
            ];
        }
    }
}
