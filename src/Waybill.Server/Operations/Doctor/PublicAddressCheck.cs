using System.Net;
using Waybill.Server.Kernel;

namespace Waybill.Server.Operations.Doctor;

/// <summary>WAYBILL_URL leads here, and the proxy on the way says what we need to hear.</summary>
static class PublicAddressCheck
{
    const string Subject = "public address";
    const string Proxy = "proxy";

    public static async Task<Finding[]> LookAsync(WaybillOptions options, CancellationToken stop)
    {
        var address = new Uri(options.Url);
        using var http = Ask.NewClient(anyCertificate: true);
        var (ours, seen, why) = await Ask.InstallationAsync(http, address, options, stop);
        if (!ours)
            return
            [
                Finding.Problem(
                    Subject,
                    $"{options.Url} does not lead to this Waybill: {why}. Start it, or correct WAYBILL_URL, its DNS entry or the proxy."
                ),
            ];
        return
        [
            Finding.Ok(Subject, $"{options.Url} leads to this Waybill"),
            .. Judge(address, seen!),
            await MetricsAsync(http, address, options, stop),
        ];
    }

    /// <summary>What the application saw of a request that was sent to this address with a claimed X-Forwarded-For and a wish for a websocket.</summary>
    internal static Finding[] Judge(Uri address, Installation.Answer seen)
    {
        var behind = address.Scheme == Uri.UriSchemeHttps || !address.IsLoopback;
        Finding[] faults = [.. Faults(address, seen, behind)];
        return faults.Length > 0 || !behind
            ? faults
            : [Finding.Ok(Proxy, "says who is asking and lets websockets through")];
    }

    static IEnumerable<Finding> Faults(Uri address, Installation.Answer seen, bool behind)
    {
        if (seen.Scheme != address.Scheme)
            yield return Finding.Problem(
                Proxy,
                $"Waybill takes a request to {address.Scheme} for {seen.Scheme}. Let the proxy set X-Forwarded-Proto, and name the proxy's address in Waybill:Proxies."
            );
        if (!string.Equals(seen.Host, address.Authority, StringComparison.OrdinalIgnoreCase))
            yield return Finding.Problem(
                Proxy,
                $"Waybill is asked for {seen.Host}, not {address.Authority}. Let the proxy pass the Host header on (nginx: proxy_set_header Host $http_host)."
            );
        // Asked directly on this machine, the doctor is itself a trusted neighbour; only past a proxy is a believed claim a hole.
        if (seen.From == Ask.ClaimedAddress && behind)
            yield return Finding.Problem(
                Proxy,
                "A visitor can claim any address: the proxy passes the visitor's X-Forwarded-For on as its own. Let it append or set the address it sees (nginx: proxy_set_header X-Forwarded-For $remote_addr)."
            );
        if (behind && !seen.Forwarded)
            yield return Finding.Problem(
                Proxy,
                $"Waybill does not hear who is asking. Let the proxy set X-Forwarded-For, and name its address in Waybill:Proxies; it came from {seen.From}."
            );
        if (!seen.Upgrade)
            yield return Finding.Problem(
                Proxy,
                "Websockets do not get through, so pages update slowly. Let the proxy pass Upgrade and Connection on with HTTP/1.1."
            );
    }

    static async Task<Finding> MetricsAsync(
        HttpClient http,
        Uri address,
        WaybillOptions options,
        CancellationToken stop
    )
    {
        if (IsHere(address))
            return Finding.Ok("metrics", "/metrics answers this machine only");
        using var answer = await http.GetAsync(new Uri(address, "/metrics"), stop);
        return answer.StatusCode == HttpStatusCode.OK
            ? Finding.Problem(
                "metrics",
                $"{options.Url}/metrics is readable from here by way of the proxy. Deny it there, see deploy/."
            )
            : Finding.Ok("metrics", "/metrics is not shown to the world");
    }

    static bool IsHere(Uri address) => address.IsLoopback;
}
