using Microsoft.EntityFrameworkCore;
using Waybill.Server.Kernel;
using Waybill.Server.Storage;

namespace Waybill.Server.Identity;

public static class FindUser
{
    /// <summary>The user whose own address or alias this is.</summary>
    public static async Task<User?> BySendingAddressAsync(
        AppDb db,
        EmailAddress address,
        CancellationToken stop = default
    )
    {
        var normalized = address.Text.ToUpperInvariant();
        if (await db.Users.FirstOrDefaultAsync(u => u.NormalizedEmail == normalized, stop) is { } user)
            return user;
        // Few users have aliases, and a list in a JSON column can't be indexed: read those and look.
        List<string> none = [];
        var candidates = await db.Users.Where(u => u.Aliases != none).ToListAsync(stop);
        return candidates.FirstOrDefault(u => u.Aliases.Contains(address.Text));
    }
}
