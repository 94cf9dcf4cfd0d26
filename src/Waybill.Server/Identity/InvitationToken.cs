using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Waybill.Server.Kernel;
using Waybill.Server.Storage;

namespace Waybill.Server.Identity;

/// <summary>
/// What an invitation's link carries: whom it is for, until when, and the user's stamp, which changes when it is used, sent again or
/// the user is deactivated. Nothing is kept of it.
/// </summary>
public sealed class InvitationToken(IDataProtectionProvider protection, WaybillOptions options, TimeProvider clock)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);

    const int Longest = 1000;

    readonly IDataProtector _protector = protection.CreateProtector("Waybill.Invitation.1");

    public string LinkFor(User user)
    {
        ArgumentNullException.ThrowIfNull(user);
        var until = new DateTimeOffset(user.InvitedAt ?? clock.GetUtcNow().UtcDateTime) + Lifetime;
        var token = _protector.Protect(
            string.Create(CultureInfo.InvariantCulture, $"{user.Id}|{until.ToUnixTimeSeconds()}|{user.SecurityStamp}")
        );
        return $"{options.Url}/invitation?token={token}";
    }

    public bool HasRunOut(User user) => user?.InvitedAt is { } at && clock.GetUtcNow().UtcDateTime >= at + Lifetime;

    /// <summary>Who is invited; null when the link is wrong, used, replaced or has run out.</summary>
    public async Task<User?> WhoseAsync(AppDb db, string? token, CancellationToken stop = default)
    {
        if (token is null or { Length: 0 or > Longest })
            return null;
        string[] parts;
        try
        {
            parts = _protector.Unprotect(token).Split('|', 3);
        }
        catch (Exception error) when (error is CryptographicException or FormatException)
        {
            return null;
        }
        var id = long.Parse(parts[0], CultureInfo.InvariantCulture);
        var until = DateTimeOffset.FromUnixTimeSeconds(long.Parse(parts[1], CultureInfo.InvariantCulture));
        if (clock.GetUtcNow() >= until)
            return null;
        return await db.Users.FirstOrDefaultAsync(
            u => u.Id == id && u.Active && u.InvitedAt != null && u.SecurityStamp == parts[2],
            stop
        );
    }
}
