using System.Data;
using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Waybill.Server.Storage;

namespace Waybill.Server.Identity;

/// <summary>
/// Rules over all users (one first account, never without a super admin, an address belongs to one) are read and written in one
/// serializable transaction. SQLite takes its write lock at the start; PostgreSQL may say 40001, and it is done again.
/// </summary>
public static class UsersOneAtATime
{
    const int Tries = 5;

    public static async Task<T> RunAsync<T>(AppDb db, Func<Task<T>> change, CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(change);
        for (var n = 1; ; n++)
        {
            db.ChangeTracker.Clear();
            try
            {
                await using var transaction = await db.Database.BeginTransactionAsync(
                    IsolationLevel.Serializable,
                    stop
                );
                var outcome = await change();
                await transaction.CommitAsync(stop);
                return outcome;
            }
            catch (Exception error) when (n < Tries && WasBeaten(error)) { }
        }
    }

    static bool WasBeaten(Exception? error) =>
        error is not null && (error is DbException { SqlState: "40001" } || WasBeaten(error.InnerException));
}
