using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.WebUtilities;

namespace Waybill.Server.Logging;

public readonly record struct MailTicket(long MailId, long UserId);

/// <summary>
/// The header by which a mail's logged copy finds the mail the add-in prepared. Recipients can see it, so it is encrypted, names no
/// record, and runs out.
/// </summary>
public sealed class MailTickets(IDataProtectionProvider protection)
{
    public const string Header = "X-Waybill-Mail";

    readonly ITimeLimitedDataProtector _protector = protection
        .CreateProtector("Waybill.MailTicket.v1")
        .ToTimeLimitedDataProtector();

    public string Mint(MailTicket ticket)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(bytes, ticket.MailId);
        BinaryPrimitives.WriteInt64BigEndian(bytes[8..], ticket.UserId);
        return WebEncoders.Base64UrlEncode(_protector.Protect(bytes.ToArray(), TimeSpan.FromDays(30)));
    }

    public bool TryRead(string? header, out MailTicket ticket)
    {
        ticket = default;
        if (string.IsNullOrWhiteSpace(header) || header.Length > 1000)
            return false;
        try
        {
            // A header this long may have been folded on the way (RFC 5322 2.2.3).
            var text = string.Concat(header.Where(c => !char.IsWhiteSpace(c)));
            var bytes = _protector.Unprotect(WebEncoders.Base64UrlDecode(text));
            if (bytes.Length != 16)
                return false;
            ticket = new MailTicket(
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
