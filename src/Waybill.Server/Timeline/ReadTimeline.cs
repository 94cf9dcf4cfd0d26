using Microsoft.EntityFrameworkCore;
using Waybill.Server.Storage;

namespace Waybill.Server.Timeline;

/// <summary>A place in a timeline: what is older than this comes next. Stable while newer entries arrive.</summary>
public readonly record struct TimelineCursor(DateTime At, long Id)
{
    public static TimelineCursor Of(TimelineEntry entry) => new(entry.At, entry.Id);
}

/// <param name="Entries">Newest first.</param>
/// <param name="Older">Where to go on; null when this was the end.</param>
public sealed record TimelinePage(IReadOnlyList<TimelineEntry> Entries, TimelineCursor? Older);

public static class ReadTimeline
{
    /// <summary>What one screen may hold at most; older entries are reached by paging on.</summary>
    public const int Longest = 600;

    /// <summary>One page older than <paramref name="before"/> (null: the newest), of one of <see cref="TimelineKinds"/> (null: all).</summary>
    public static async Task<TimelinePage> PageAsync(
        AppDb db,
        long recordId,
        string? kind,
        TimelineCursor? before,
        int size,
        CancellationToken stop = default
    )
    {
        var entries = Of(db, recordId, kind);
        if (before is { } place)
            // "At <= x" first, so that the database starts its scan of the index there.
            entries = entries.Where(e => e.At <= place.At && (e.At < place.At || e.Id < place.Id));
        return Cut(await NewestFirst(entries).Take(size + 1).ToListAsync(stop), size);
    }

    /// <summary>The newest down to the oldest one shown: what a page that is open reads again when something changed.</summary>
    public static async Task<TimelinePage> DownToAsync(
        AppDb db,
        long recordId,
        string? kind,
        TimelineCursor oldest,
        CancellationToken stop = default
    )
    {
        var newer = Of(db, recordId, kind).Where(e => e.At >= oldest.At && (e.At > oldest.At || e.Id >= oldest.Id));
        var shown = await NewestFirst(newer).Take(Longest).ToListAsync(stop);
        var end = shown.Count > 0 ? TimelineCursor.Of(shown[^1]) : oldest;
        var (_, next) = await PageAsync(db, recordId, kind, end, 0, stop);
        return new TimelinePage(shown, next is null ? null : end);
    }

    /// <summary>The entry by which this record tells of that subject, if it does.</summary>
    public static async Task<TimelineEntry?> EntryAsync(
        AppDb db,
        long recordId,
        long subjectId,
        CancellationToken stop = default
    ) =>
        await db
            .Timeline.AsNoTracking()
            .Where(e => e.SubjectId == subjectId && e.RecordId == recordId)
            .OrderBy(e => e.Id)
            .FirstOrDefaultAsync(stop);

    static IQueryable<TimelineEntry> Of(AppDb db, long recordId, string? kind)
    {
        var entries = db.Timeline.AsNoTracking().Where(e => e.RecordId == recordId);
        return kind is null ? entries : entries.Where(e => e.Kind == kind);
    }

    static IQueryable<TimelineEntry> NewestFirst(IQueryable<TimelineEntry> entries) =>
        entries.OrderByDescending(e => e.At).ThenByDescending(e => e.Id);

    static TimelinePage Cut(List<TimelineEntry> read, int size)
    {
        if (read.Count <= size)
            return new TimelinePage(read, null);
        var next = size > 0 ? TimelineCursor.Of(read[size - 1]) : TimelineCursor.Of(read[0]);
        return new TimelinePage(read.GetRange(0, size), next);
    }
}
