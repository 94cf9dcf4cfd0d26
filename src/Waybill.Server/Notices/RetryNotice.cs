using Microsoft.EntityFrameworkCore;
using Waybill.Server.Storage;

namespace Waybill.Server.Notices;

public static class RetryNotice
{
    /// <summary>Tried at once, and if need be for another three days. False: it has left meanwhile.</summary>
    public static async Task<bool> NowAsync(AppDb db, TimeProvider clock, long id, CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(clock);
        var now = clock.GetUtcNow().UtcDateTime;
        var until = now + QueueNotice.GiveUpAfter;
        return await db
                .Notices.Where(n => n.Id == id && n.State != NoticeState.Sent)
                .ExecuteUpdateAsync(
                    set =>
                        set.SetProperty(n => n.State, NoticeState.Queued)
                            .SetProperty(n => n.NextTryAt, now)
                            .SetProperty(n => n.GiveUpAt, until)
                            .SetProperty(n => n.Tries, 0)
                            .SetProperty(n => n.EndedAt, (DateTime?)null),
                    stop
                ) == 1;
    }
}
