using Microsoft.EntityFrameworkCore;
using Waybill.Server.Storage;

namespace Waybill.Server.Notices;

/// <summary>Sent ones are kept a month, failed ones three, so that someone can still ask what became of a mail.</summary>
public static class TidyNotices
{
    static readonly TimeSpan KeepSent = TimeSpan.FromDays(30);
    static readonly TimeSpan KeepFailed = TimeSpan.FromDays(90);

    public static Task<int> NowAsync(AppDb db, DateTime now, CancellationToken stop = default)
    {
        var (sent, failed) = (now - KeepSent, now - KeepFailed);
        return db
            .Notices.Where(n =>
                (n.State == NoticeState.Sent && n.EndedAt < sent)
                || (n.State == NoticeState.Failed && n.EndedAt < failed)
            )
            .ExecuteDeleteAsync(stop);
    }
}
