using System.Net;
using System.Net.Sockets;

namespace Waybill.Server.Kernel;

/// <summary>Lists of addresses and networks, separated by commas or spaces. <c>loopback</c> is this machine, <c>any</c> all addresses, <c>none</c> nothing.</summary>
static class ReadAddresses
{
    static readonly IPNetwork[] Loopback = [IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("::1/128")];
    static readonly IPNetwork[] Any = [IPNetwork.Parse("0.0.0.0/0"), IPNetwork.Parse("::/0")];

    /// <summary>Addresses to listen on.</summary>
    public static IReadOnlyList<IPAddress> Addresses(IConfiguration configuration, string key, string fallback) =>
        [
            .. Words(configuration, key, fallback)
                .SelectMany<string, IPAddress>(word =>
                    word switch
                    {
                        "loopback" when Socket.OSSupportsIPv6 => [IPAddress.Loopback, IPAddress.IPv6Loopback],
                        "loopback" => [IPAddress.Loopback],
                        // IPv6Any takes IPv4 too.
                        "any" => [Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any],
                        _ when IPAddress.TryParse(word, out var address) => [address],
                        _ => throw new ConfigurationMistake(
                            $"{key} has '{word}'. Set it to addresses of this machine such as 127.0.0.1, to loopback or to any."
                        ),
                    }
                )
                .Distinct(),
        ];

    /// <summary>Networks to believe.</summary>
    public static IReadOnlyList<IPNetwork> Networks(IConfiguration configuration, string key, string fallback) =>
        [
            .. Words(configuration, key, fallback)
                .SelectMany<string, IPNetwork>(word =>
                    word switch
                    {
                        "none" => [],
                        "loopback" => Loopback,
                        "any" => Any,
                        _ when IPNetwork.TryParse(word, out var network) => [network],
                        _ when IPAddress.TryParse(word, out var address) =>
                        [
                            new IPNetwork(address, address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128),
                        ],
                        _ => throw new ConfigurationMistake(
                            $"{key} has '{word}'. Set it to addresses or networks such as 10.0.0.5 or 10.0.0.0/24, to loopback or to none."
                        ),
                    }
                )
                .Distinct(),
        ];

    static string[] Words(IConfiguration configuration, string key, string fallback) =>
        (string.IsNullOrWhiteSpace(configuration[key]) ? fallback : configuration[key]!)
            .ToLowerInvariant()
            .Split([',', ' ', ';'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
