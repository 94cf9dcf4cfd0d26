using Microsoft.EntityFrameworkCore;
using Waybill.Server.Storage;
using Waybill.Server.Timeline;

namespace Waybill.Server.Crm;

public static class ReadNotes
{
    /// <summary>The text of each note, by entry id; a deleted note is absent.</summary>
    public static async Task<IReadOnlyDictionary<long, object>> OfAsync(
        AppDb db,
        IReadOnlyList<TimelineEntry> entries,
        CancellationToken stop = default
    )
    {
        var ids = entries.Select(e => e.SubjectId).OfType<long>().Distinct().ToList();
        var notes = await db
            .Records.AsNoTracking()
            .Where(r => ids.Contains(r.Id) && r.Type == RecordTypes.Note && !r.Archived)
            .ToDictionaryAsync(r => r.Id, stop);
        return entries
            .Where(e => e.SubjectId is { } id && notes.ContainsKey(id))
            .ToDictionary(e => e.Id, object (e) => notes[e.SubjectId!.Value][WriteNote.Body] ?? "");
    }
}
