using System.Net;
using System.Net.Sockets;
using Waybill.Server.Kernel;

namespace Waybill.Server.Operations.Doctor;

/// <summary>Each port is either free, since Waybill is stopped, or held by this Waybill.</summary>
static class PortsCheck
{
    const string Subject = "ports";

    public static async Task<Finding[]> LookAsync(WaybillOptions options, CancellationToken stop)
    {
        var http = options.Listen.FirstOrDefault(IPAddress.IsLoopback) ?? IPAddress.Loopback;
        return await Task.WhenAll(
            WebAsync(
                new Uri($"http://{Host(http)}:{options.HttpPort}"),
                options.HttpPort,
                "WAYBILL_HTTP_PORT",
                options,
                stop
            ),
            WebAsync(
                new Uri($"https://{Host(IPAddress.Loopback)}:{options.HttpsPort}"),
                options.HttpsPort,
                "WAYBILL_HTTPS_PORT",
                options,
                stop
            ),
            MailAsync(options.SmtpPort, stop)
        );
    }

    static string Host(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{address}]" : $"{address}";

    static async Task<Finding> WebAsync(
        Uri address,
        int port,
        string key,
        WaybillOptions options,
        CancellationToken stop
    )
    {
        if (!await IsOpenAsync(port, stop))
            return Free(port);
        // The certificate of the HTTPS port is our own, for localhost; that it is ours is what the answer proves.
        using var http = Ask.NewClient(anyCertificate: true);
        var (ours, _, why) = await Ask.InstallationAsync(http, address, options, stop);
        return ours
            ? Finding.Ok(Subject, $"{port} is held by this Waybill")
            : Finding.Problem(
                Subject,
                $"{port} is held by something else ({why}). Stop it, or set {key} to a free port."
            );
    }

    static async Task<Finding> MailAsync(int port, CancellationToken stop)
    {
        if (!await IsOpenAsync(port, stop))
            return Free(port);
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port, stop);
        using var reader = new StreamReader(client.GetStream());
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(TimeSpan.FromSeconds(5));
        try
        {
            if ((await reader.ReadLineAsync(patience.Token))?.StartsWith("220", StringComparison.Ordinal) == true)
                return Finding.Ok(Subject, $"{port} is held by a mail receiver");
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested) { }
        return Finding.Problem(
            Subject,
            $"{port} is held by something that does not speak SMTP. Stop it, or set WAYBILL_SMTP_PORT to a free port."
        );
    }

    static Finding Free(int port) =>
        Finding.Warning(
            Subject,
            $"Nothing answers on {port}: Waybill is not running. Start it and ask the doctor again."
        );

    static async Task<bool> IsOpenAsync(int port, CancellationToken stop)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, port, stop);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
