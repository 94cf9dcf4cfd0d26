using Microsoft.EntityFrameworkCore;
using Waybill.Server.Identity;
using Waybill.Server.Storage;
using Waybill.Server.Tracking;

namespace Waybill.Server.Feed;

/// <summary>How far a user has come, read from what they did. Hidden: they do not want to see it on the feed.</summary>
public sealed record FirstStepsDone(bool Connected, bool Sent, bool Seen, bool Hidden)
{
    public bool All => Connected && Sent && Seen;

    /// <summary>The one that comes next, from 1; 0 when all are done.</summary>
    public int Now =>
        !Connected ? 1
        : !Sent ? 2
        : !Seen ? 3
        : 0;
}

public static class ReadFirstSteps
{
    public static async Task<FirstStepsDone> ReadAsync(AppDb db, long userId, CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(db);
        var mails = db.TrackedEmails.Where(m => m.UserId == userId && m.State == SendState.Sent);
        var reader = await db.ReaderAsync(userId, stop);
        var sent = await mails.AnyAsync(m => m.Track && m.WhyNotTracked == null, stop);
        return new FirstStepsDone(
            // Who has sent a tracked mail was connected then.
            sent || await ConnectedApps.AnyAsync(db, userId, stop),
            sent,
            await mails.AnyAsync(m => m.Opens + m.Clicks > 0, stop),
            reader.FirstStepsHidden
        );
    }
}
