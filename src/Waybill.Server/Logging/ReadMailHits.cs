using Microsoft.EntityFrameworkCore;
using Waybill.Server.Storage;
using Waybill.Server.Tracking;

namespace Waybill.Server.Logging;

/// <summary>One open or click with who it was, as far as the mail's image can tell. Who is null for a mail to several.</summary>
public sealed record MailHit(Hit Hit, string? Who, string? Link);

/// <summary>Newest first; Count is how many there are in all.</summary>
public sealed record MailHits(IReadOnlyList<MailHit> Shown, int Count, int Recipients);

public static class ReadMailHits
{
    const int Most = 100;

    public static async Task<MailHits> OfAsync(AppDb db, long trackedEmailId, CancellationToken stop = default)
    {
        var all = db.Hits.AsNoTracking().Where(h => h.TrackedEmailId == trackedEmailId);
        var shown = await all.OrderByDescending(h => h.At).ThenByDescending(h => h.Id).Take(Most).ToListAsync(stop);
        var count = shown.Count < Most ? shown.Count : await all.CountAsync(stop);
        var mail = await db
            .TrackedEmails.AsNoTracking()
            .Include(t => t.Links)
            .Include(t => t.Recipients)
            .AsSplitQuery()
            .SingleAsync(t => t.Id == trackedEmailId, stop);
        var names = mail.Recipients.ToDictionary(r => r.Id, r => r.Name.Length > 0 ? r.Name : r.Address);
        var links = mail.Links.ToDictionary(l => l.Number, LinkWords.Of);
        return new MailHits(
            [
                .. shown.Select(h => new MailHit(
                    h,
                    h.RecipientId is { } who ? names.GetValueOrDefault(who) : null,
                    h.LinkNumber is { } number ? links.GetValueOrDefault(number) : null
                )),
            ],
            count,
            mail.Recipients.Count
        );
    }
}
