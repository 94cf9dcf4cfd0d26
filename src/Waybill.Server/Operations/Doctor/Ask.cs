using System.Net.Sockets;
using Waybill.Server.Kernel;

namespace Waybill.Server.Operations.Doctor;

/// <summary>Asks an address whether this installation answers there.</summary>
static class Ask
{
    const int LongestAnswer = 64 * 1024;

    /// <summary>An address claimed to a proxy, from the documentation range (RFC 5737): if it is believed, anyone can claim any.</summary>
    public const string ClaimedAddress = "203.0.113.77";

    public static HttpClient NewClient(bool anyCertificate = false)
    {
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(5) };
        handler.ConnectCallback = async (context, stop) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(WhereIs(context.DnsEndPoint.Host), context.DnsEndPoint.Port, stop);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        };
        if (anyCertificate)
#pragma warning disable CA5359 // Whether the certificate is good is CertificateCheck's question.
            handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        return new HttpClient(handler)
        {
            Timeout = TimeSpan.FromSeconds(8),
            MaxResponseContentBufferSize = LongestAnswer,
        };
    }

    /// <summary>Names under localhost are this machine (RFC 6761), as browsers know and not every resolver does.</summary>
    public static string WhereIs(string host) =>
        host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase) ? "localhost" : host;

    /// <summary>Is it ours, what did it see, and if it is not, why not; with the clock of whoever answered.</summary>
    public static async Task<(bool Ours, Installation.Answer? Seen, string Why)> InstallationAsync(
        HttpClient http,
        Uri address,
        WaybillOptions options,
        CancellationToken stop
    )
    {
        if (Installation.ReadKey(options) is not { } key)
            return (false, null, $"Waybill has not run on {options.DataFolder}");
        var nonce = Installation.Nonce();
        try
        {
            using var request = new HttpRequestMessage(
                HttpMethod.Get,
                new Uri(address, $"{Installation.Path}/{nonce}")
            );
            request.Headers.Add("X-Forwarded-For", ClaimedAddress);
            request.Headers.Connection.Add("Upgrade");
            request.Headers.Upgrade.Add(new("websocket"));
            using var answer = await http.SendAsync(request, stop);
            if (!answer.IsSuccessStatusCode)
                return (false, null, $"it answered {(int)answer.StatusCode}");
            if (answer.Content.Headers.ContentType?.MediaType != "application/json")
                return (false, null, "it answered a page of something else");
            var seen = await answer.Content.ReadFromJsonAsync<Installation.Answer>(stop);
            return seen?.Proof == Installation.Prove(key, nonce)
                ? (true, seen, "")
                : (false, null, "another Waybill answers there, or WAYBILL_DATA is not what it runs with");
        }
        catch (HttpRequestException error)
        {
            return (false, null, error.InnerException?.Message ?? error.Message);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return (false, null, "it did not answer in time");
        }
        catch (System.Text.Json.JsonException)
        {
            return (false, null, "it answered something else");
        }
    }
}
