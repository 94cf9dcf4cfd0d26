using Microsoft.EntityFrameworkCore;
using Waybill.Server.Identity;
using Waybill.Server.Storage;
using Waybill.Server.Timeline;

namespace Waybill.Server.Crm;

public enum PinOutcome
{
    Done,
    NotAllowed,
    Gone,

    /// <summary>The record's timeline does not tell of it.</summary>
    NotHere,
}

public static class PinEntry
{
    /// <summary>Pins what the timeline tells of; a record has one pin, so a second takes the first one's place. Saves.</summary>
    public static async Task<PinOutcome> OnAsync(
        AppDb db,
        User user,
        long recordId,
        long subjectId,
        CancellationToken stop = default
    )
    {
        if (user.ViewOnly || !user.Active)
            return PinOutcome.NotAllowed;
        if (await ReadTimeline.EntryAsync(db, recordId, subjectId, stop) is null)
            return PinOutcome.NotHere;
        return await SetAsync(db, recordId, subjectId, stop);
    }

    public static async Task<PinOutcome> OffAsync(
        AppDb db,
        User user,
        long recordId,
        CancellationToken stop = default
    ) => user.ViewOnly || !user.Active ? PinOutcome.NotAllowed : await SetAsync(db, recordId, null, stop);

    static async Task<PinOutcome> SetAsync(AppDb db, long recordId, long? subjectId, CancellationToken stop) =>
        await db
            .Records.Where(r => r.Id == recordId && !r.Archived)
            .ExecuteUpdateAsync(set => set.SetProperty(r => r.PinnedId, subjectId), stop) == 0
            ? PinOutcome.Gone
            : PinOutcome.Done;
}
