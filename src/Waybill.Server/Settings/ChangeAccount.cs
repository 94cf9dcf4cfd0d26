using Microsoft.EntityFrameworkCore;
using Waybill.Server.Identity;
using Waybill.Server.Storage;

namespace Waybill.Server.Settings;

public static class ChangeAccount
{
    /// <summary>S-010: only super admins change what holds for everyone. False: not allowed, nothing was changed.</summary>
    public static async Task<bool> ByAsync(
        AppDb db,
        CurrentUser who,
        Func<AccountSettings, bool> change,
        CancellationToken stop = default
    )
    {
        if (!who.IsSuperAdmin)
            return false;
        var account = await db.AccountSettings.SingleOrDefaultAsync(stop);
        if (account is null)
            db.AccountSettings.Add(account = new AccountSettings());
        if (change(account))
            await db.SaveChangesAsync(stop);
        return true;
    }
}
