using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Localization;
using Waybill.Server.Storage;
using Waybill.Server.Tracking;

namespace Waybill.Server.Feed;

/// <summary>What a pop-up says.</summary>
public sealed record Notice(string Title, string Body, string Url);

public static class ReadNotice
{
    /// <summary>Null when there is nothing to tell: not this user's mail, or an automatic hit.</summary>
    public static async Task<Notice?> ReadAsync(
        AppDb db,
        long userId,
        long hitId,
        IStringLocalizer words,
        CancellationToken stop = default
    )
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(words);
        var hit = await db.Hits.AsNoTracking().SingleOrDefaultAsync(h => h.Id == hitId, stop);
        if (hit is null or { Verdict: VerdictKind.Machine })
            return null;
        var mail = await ReadFeed.RowAsync(db, userId, hit.TrackedEmailId, new FeedFilter(), stop);
        if (mail is null)
            return null;
        var who = mail.OnlyPerson?.Name ?? words["Someone of {0}", mail.PeopleCount];
        var title =
            hit.Kind is HitKind.Click
                ? words["{0} clicked a link in {1}", who, mail.Subject]
                : words["{0} opened {1}", who, mail.Subject];
        var sure = hit.Verdict is VerdictKind.Human ? words["Person"] : words["Can’t tell"];
        var why = VerdictWords.Sentence(words, hit.Reasons, hit.Kind);
        return new Notice(title, why.Length == 0 ? sure : $"{sure} · {why}", "/feed");
    }
}
