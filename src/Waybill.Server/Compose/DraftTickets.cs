using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.WebUtilities;

namespace Waybill.Server.Compose;

public readonly record struct DraftTicket(long MailId, long UserId);

/// <summary>
/// What the send event shows instead of a token: Outlook's event runtime must not hold one. Good for one draft, for 7 days.
/// </summary>
public sealed class DraftTickets(IDataProtectionProvider protection)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);

    readonly ITimeLimitedDataProtector _protector = protection
        .CreateProtector("Waybill.DraftTicket.v1")
        .ToTimeLimitedDataProtector();

    public string Mint(DraftTicket ticket) => Mint(ticket, Lifetime);

    internal string Mint(DraftTicket ticket, TimeSpan lifetime)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(bytes, ticket.MailId);
        BinaryPrimitives.WriteInt64BigEndian(bytes[8..], ticket.UserId);
        return WebEncoders.Base64UrlEncode(_protector.Protect(bytes.ToArray(), lifetime));
    }

    /// <param name="authorization">The header: <c>Draft TICKET</c>.</param>
    /// <param name="ticket">The draft and its user.</param>
    public bool TryRead(string? authorization, out DraftTicket ticket)
    {
        const string scheme = "Draft ";
        ticket = default;
        if (
            authorization is null or { Length: > 1000 }
            || !authorization.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)
        )
            return false;
        try
        {
            var bytes = _protector.Unprotect(WebEncoders.Base64UrlDecode(authorization[scheme.Length..].Trim()));
            if (bytes.Length != 16)
                return false;
            ticket = new DraftTicket(
                BinaryPrimitives.ReadInt64BigEndian(bytes),
                BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(8))
            );
            return true;
        }
        catch (Exception error) when (error is CryptographicException or FormatException)
        {
            return false;
        }
    }
}
