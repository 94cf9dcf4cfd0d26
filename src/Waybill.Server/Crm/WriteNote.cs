using Microsoft.EntityFrameworkCore;
using Waybill.Server.Identity;
using Waybill.Server.Storage;
using Waybill.Server.Timeline;

namespace Waybill.Server.Crm;

public enum NoteOutcome
{
    Written,
    Empty,
    TooLong,
    NotAllowed,
    Gone,
}

public static class WriteNote
{
    public const int Longest = 20_000;
    public const string Body = "hs_note_body";

    /// <summary>A note is a record of its own, told of on the timeline of the record it was written on. Saves.</summary>
    public static async Task<NoteOutcome> OnAsync(
        AppDb db,
        User user,
        long recordId,
        string? text,
        DateTime now,
        CancellationToken stop = default
    )
    {
        text = text?.Trim() ?? "";
        if (text.Length == 0)
            return NoteOutcome.Empty;
        if (text.Length > Longest)
            return NoteOutcome.TooLong;
        if (user.ViewOnly || !user.Active)
            return NoteOutcome.NotAllowed;
        var record = await db.Records.SingleOrDefaultAsync(r => r.Id == recordId && !r.Archived, stop);
        if (record is null)
            return NoteOutcome.Gone;
        var note = new Record
        {
            Type = RecordTypes.Note,
            Name = text.Length <= 80 ? text : text[..80],
            OwnerId = user.Id,
            CreatedAt = now,
            UpdatedAt = now,
            [Body] = text,
        };
        await using var all = await db.Database.BeginTransactionAsync(stop);
        db.Records.Add(note);
        await db.SaveChangesAsync(stop);
        await Associate.TogetherAsync(db, note, record, stop: stop);
        db.Timeline.Add(
            new TimelineEntry
            {
                RecordId = record.Id,
                At = now,
                Kind = TimelineKinds.Note,
                SubjectId = note.Id,
                ActorId = user.Id,
            }
        );
        record.LastActivityAt = now;
        await db.SaveChangesAsync(stop);
        await all.CommitAsync(stop);
        return NoteOutcome.Written;
    }
}
