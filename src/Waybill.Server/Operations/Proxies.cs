using System.Net;
using Microsoft.AspNetCore.HttpOverrides;
using Waybill.Server.Kernel;

namespace Waybill.Server.Operations;

/// <summary>
/// Who is asking, and how, as a reverse proxy tells it. Only the proxies of <c>Waybill:Proxies</c> are believed: the addresses a request
/// names are walked from the last one, and the first that is no proxy of ours is who asked. What a stranger claims changes nothing.
/// </summary>
static class Proxies
{
    /// <summary>Before everything: pixels, rate limits and cookies depend on it.</summary>
    public static void UseProxies(this IApplicationBuilder app, WaybillOptions options)
    {
        var forwarded = new ForwardedHeadersOptions
        {
            ForwardedHeaders =
                ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost,
            ForwardLimit = null,
            // A proxy that passes the asker's own X-Forwarded-Host on can't send us under a foreign name.
            AllowedHosts = [new Uri(options.Url).Host, new Uri(options.TrackingUrl).Host],
        };
        forwarded.KnownProxies.Clear();
        forwarded.KnownIPNetworks.Clear();
        foreach (var network in options.Proxies)
            forwarded.KnownIPNetworks.Add(network);
        if (options.Proxies.Count > 0) // an empty list would believe everyone
            app.UseForwardedHeaders(forwarded);
    }

    public static bool Has(this IEnumerable<System.Net.IPNetwork> networks, IPAddress? address) =>
        address is not null
        && (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address) is var plain
        && networks.Any(network => network.Contains(plain));
}
