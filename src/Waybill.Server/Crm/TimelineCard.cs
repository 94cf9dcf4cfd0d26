using Waybill.Server.Storage;
using Waybill.Server.Timeline;

namespace Waybill.Server.Crm;

/// <summary>
/// How one kind of timeline entry is shown. The folder that writes the entries registers it, so that the record page needs not know
/// what stands above it.
/// </summary>
/// <param name="Kind">One of <see cref="TimelineKinds"/>.</param>
/// <param name="Component">A component with a parameter <c>Shown</c> of type <see cref="ShownEntry"/>.</param>
/// <param name="LoadAsync">Reads what the cards of one page show, in a few queries for all of them; by entry id.</param>
public sealed record TimelineCard(
    string Kind,
    Type Component,
    Func<AppDb, IReadOnlyList<TimelineEntry>, CancellationToken, Task<IReadOnlyDictionary<long, object>>> LoadAsync
)
{
    /// <summary>A hint that what a card shows has changed, other than that its record's timeline did.</summary>
    public Func<object, Hint, bool> Concerns { get; init; } = (_, _) => false;
}

/// <summary>An entry and what <see cref="TimelineCard.LoadAsync"/> read for it; null when its subject is gone.</summary>
public sealed record ShownEntry(TimelineEntry Entry, object? Content, bool Pinned, string? ActorName)
{
    /// <summary>Pins or unpins it; null where the viewer may not.</summary>
    public Func<Task>? TogglePin { get; init; }
}
