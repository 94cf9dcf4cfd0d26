using System.Net;
using System.Net.Sockets;
using Waybill.Server.Kernel;
using Waybill.Server.Logging;

namespace Waybill.Server.Web;

/// <summary>What can be wrong before the first request, each told in one line that says what to do.</summary>
static class StartChecks
{
    public static void Ports(WaybillOptions options, ReceiverSettings receiver)
    {
        foreach (
            var (port, key) in new[]
            {
                (receiver.LmtpPort ?? 0, ReceiverSettings.LmtpPortKey),
                (options.HttpPort, "WAYBILL_HTTP_PORT"),
                (options.HttpsPort, "WAYBILL_HTTPS_PORT"),
                (options.SmtpPort, "WAYBILL_SMTP_PORT"),
            }
        )
            if (!IsFree(port))
                throw new ConfigurationMistake(
                    $"Port {port} is taken by another program. Stop that program, or set {key} to a free port."
                );
    }

    static bool IsFree(int port)
    {
        try
        {
            using var probe = new TcpListener(IPAddress.Loopback, port);
            probe.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
