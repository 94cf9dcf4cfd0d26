using System.Buffers.Binary;
using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Waybill.Server.Tracking;

public enum AddressClass
{
    Unknown,
    Loopback,
    Private,
    Public,
}

/// <summary>
/// What is kept of a visitor's address: its class, its network, and a pseudonym that recognises the address for one calendar month and
/// can't be turned back without the key. The address itself is never stored.
/// </summary>
public readonly record struct RemoteAddress(AddressClass Class, string Network, string Pseudonym)
{
    const int PseudonymBytes = 12;

    public static RemoteAddress Of(IPAddress? address, LinkKeys keys, DateTime at)
    {
        if (address is null)
            return new(AddressClass.Unknown, "", "");
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        Span<byte> bytes = stackalloc byte[16];
        if (!address.TryWriteBytes(bytes, out var length))
            return new(AddressClass.Unknown, "", "");
        bytes = bytes[..length];
        return new(ClassOf(address, bytes), NetworkOf(address, bytes), PseudonymOf(bytes, keys, at));
    }

    /// <summary>RFC 1918, 6598 (carrier NAT), 3927 and 4291 (link-local), 4193 (unique local).</summary>
    static AddressClass ClassOf(IPAddress address, ReadOnlySpan<byte> bytes) =>
        IPAddress.IsLoopback(address) ? AddressClass.Loopback
        : address.IsIPv6LinkLocal || address.IsIPv6UniqueLocal ? AddressClass.Private
        : address.AddressFamily != AddressFamily.InterNetwork ? AddressClass.Public
        : bytes switch
        {
            [10, ..] or [192, 168, ..] or [169, 254, ..] => AddressClass.Private,
            [172, >= 16 and <= 31, ..] or [100, >= 64 and <= 127, ..] => AddressClass.Private,
            _ => AddressClass.Public,
        };

    static string NetworkOf(IPAddress address, ReadOnlySpan<byte> bytes)
    {
        var v4 = address.AddressFamily == AddressFamily.InterNetwork;
        Span<byte> network = stackalloc byte[bytes.Length];
        bytes[..(v4 ? 3 : 6)].CopyTo(network);
        return $"{new IPAddress(network)}{(v4 ? "/24" : "/48")}";
    }

    static string PseudonymOf(ReadOnlySpan<byte> bytes, LinkKeys keys, DateTime at)
    {
        Span<byte> hashed = stackalloc byte[4 + 16];
        BinaryPrimitives.WriteInt32BigEndian(hashed, at.Year * 12 + at.Month);
        bytes.CopyTo(hashed[4..]);
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(keys.Addresses, hashed[..(4 + bytes.Length)], hash);
        return Base64Url.EncodeToString(hash[..PseudonymBytes]);
    }
}
