using Microsoft.EntityFrameworkCore;
using Waybill.Server.Storage;

namespace Waybill.Server.Crm;

public static class Associate
{
    /// <summary>Says that two records belong together. Said twice, it changes nothing; the caller saves.</summary>
    public static async Task TogetherAsync(
        AppDb db,
        Record one,
        Record other,
        bool primary = false,
        CancellationToken stop = default
    )
    {
        if (one.Id == other.Id || await db.Associations.FindAsync([one.Id, other.Id], stop) is not null)
            return;
        db.Associations.Add(
            new Association
            {
                FromId = one.Id,
                ToId = other.Id,
                ToType = other.Type,
                Primary = primary,
            }
        );
        db.Associations.Add(
            new Association
            {
                FromId = other.Id,
                ToId = one.Id,
                ToType = one.Type,
            }
        );
    }

    public static async Task ApartAsync(AppDb db, long one, long other, CancellationToken stop = default) =>
        await db
            .Associations.Where(a => (a.FromId == one && a.ToId == other) || (a.FromId == other && a.ToId == one))
            .ExecuteDeleteAsync(stop);
}
