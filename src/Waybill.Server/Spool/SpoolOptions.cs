namespace Waybill.Server.Spool;

/// <summary>How one lane stores and drains. Sizes are bytes.</summary>
public sealed class SpoolOptions
{
    /// <summary>The lane's own folder; created when absent. One process at a time may have it open.</summary>
    public string Folder { get; set; } = "";

    /// <summary>Size of a preallocated, zero-written log segment.</summary>
    public int SegmentBytes { get; set; } = 8 << 20;

    /// <summary>A body up to this size is kept in the log and shares its flush; a larger one gets a file of its own.</summary>
    public int InlineBodyBytes { get; set; } = 64 << 10;

    /// <summary>The longest head (for a lane without bodies: the longest item).</summary>
    public int HeadBytes { get; set; } = 1 << 20;

    /// <summary>What may wait in memory for the next flush before further appends are refused.</summary>
    public int QueueBytes { get; set; } = 32 << 20;

    /// <summary>After a failed write, appends are refused for this long before the disk is tried again.</summary>
    public TimeSpan RetryDiskAfter { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The most items one call of the handler gets.</summary>
    public int BatchItems { get; set; } = 256;

    /// <summary>The rest after each batch, in which the next one gathers. An item that finds the lane idle does not wait.</summary>
    public TimeSpan GatherFor { get; set; }

    /// <summary>An item is parked when the handler has failed on it alone this often.</summary>
    public int Tries { get; set; } = 5;

    /// <summary>The wait after the first failure; it doubles up to <see cref="LongestBackoff"/>.</summary>
    public TimeSpan FirstBackoff { get; set; } = TimeSpan.FromMilliseconds(200);

    public TimeSpan LongestBackoff { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// True when a failure is not the item's fault (the database is away): the batch is then tried again without
    /// limit and in order, and nothing is parked.
    /// </summary>
    public Func<Exception, bool> IsOutage { get; set; } = _ => false;

    /// <summary>Items that failed and wait for another try. At this many the lane stops reading on until one is settled.</summary>
    public int MostFailing { get; set; } = 100;

    /// <summary>A segment takes appends this long at most: then what is handled can be deleted, however quiet the lane is.</summary>
    public TimeSpan SegmentAge { get; set; } = TimeSpan.FromMinutes(10);

    internal TimeSpan Backoff(int failures) =>
        TimeSpan.FromTicks(
            Math.Min(FirstBackoff.Ticks << Math.Min(Math.Max(failures - 1, 0), 20), LongestBackoff.Ticks)
        );

    internal void Check()
    {
        ArgumentException.ThrowIfNullOrEmpty(Folder);
        var largest = Frame.Size(HeadBytes, Math.Max(InlineBodyBytes, Frame.BodyNameBytes));
        if (largest > SegmentBytes || largest > QueueBytes)
            throw new ArgumentException(
                $"The largest item takes {largest} bytes and must fit SegmentBytes ({SegmentBytes}) and QueueBytes ({QueueBytes})."
            );
        ArgumentOutOfRangeException.ThrowIfNegative(InlineBodyBytes);
        ArgumentOutOfRangeException.ThrowIfLessThan(BatchItems, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Tries, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MostFailing, 1);
    }
}
