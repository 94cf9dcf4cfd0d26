using System.Net;
using System.Net.Sockets;

namespace Waybill.Smtp;

/// <summary>Counts sessions in all and by neighbourhood: one IPv4 address, or one IPv6 /64, which is what one customer gets.</summary>
sealed class OpenSessions(int max, int maxPerAddress)
{
    readonly Lock gate = new();
    readonly Dictionary<IPAddress, int> byAddress = [];

    public int Count { get; private set; }

    public bool TryEnter(IPAddress remote)
    {
        var key = Neighbourhood(remote);
        lock (gate)
        {
            var here = byAddress.GetValueOrDefault(key);
            if (Count >= max || here >= maxPerAddress)
                return false;
            byAddress[key] = here + 1;
            Count++;
            return true;
        }
    }

    public void Leave(IPAddress remote)
    {
        var key = Neighbourhood(remote);
        lock (gate)
        {
            Count--;
            if (--byAddress[key] == 0)
                byAddress.Remove(key);
        }
    }

    internal static IPAddress Neighbourhood(IPAddress remote)
    {
        if (remote.AddressFamily != AddressFamily.InterNetworkV6)
            return remote;
        var bytes = remote.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new(bytes);
    }
}
