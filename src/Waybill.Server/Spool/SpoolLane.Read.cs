namespace Waybill.Server.Spool;

/// <summary>What the drain uses, and only the drain: none of it is safe for two callers at once.</summary>
public sealed partial class SpoolLane
{
    readonly List<(long Id, Guid Body)> settledBodies = [];
    Segment? reading;
    long readingAt;
    long settledTo;

    /// <summary>The id up to which everything is settled.</summary>
    internal long SettledTo => settledTo;

    /// <summary>The next items in order, none when there are none; each is handed out once per opening.</summary>
    internal List<SpoolItem> Read()
    {
        const int Chunk = 1 << 20;
        var items = new List<SpoolItem>();
        var chunk = Chunk;
        while (items.Count < options.BatchItems && Position() is { } available)
        {
            var bytes = new byte[Math.Min(available, chunk)];
            using (var file = reading!.OpenToRead())
                if (RandomAccess.Read(file, bytes, readingAt) < bytes.Length)
                    throw new EndOfStreamException($"{reading.Path} is shorter than what was written to it.");
            var at = 0;
            while (at < bytes.Length && items.Count < options.BatchItems)
            {
                var item = Frame.Read(bytes.AsMemory(at), reading.Salt, Bodies, out var size);
                if (item is null && (size > 0 || at + Frame.HeaderBytes > bytes.Length) && bytes.Length < available)
                {
                    chunk = Math.Max(Chunk, size);
                    break;
                }
                at += item is null ? Frame.Alignment : size;
                if (item is not null && item.Id > settledTo)
                    items.Add(item);
            }
            readingAt += at;
            if (items.Count > 0)
                break;
        }
        return items;
    }

    internal async Task WaitAsync(TimeSpan atMost, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var elapsed = atMost == Timeout.InfiniteTimeSpan ? null : Task.Delay(atMost, time, limit.Token);
        var arrived = arrivals.Reader.WaitToReadAsync(limit.Token).AsTask();
        await (elapsed is null ? (Task)arrived : Task.WhenAny(arrived, elapsed));
        await limit.CancelAsync();
        ct.ThrowIfCancellationRequested();
        arrivals.Reader.TryRead(out _);
    }

    /// <summary>Counts an item as handled or parked. Its bytes go when everything before it is settled too.</summary>
    internal void Settle(SpoolItem item)
    {
        Tries.Settled(item.Id);
        if (item.BodyName is { } body && !Parked.Has(body))
            settledBodies.Add((item.Id, body));
        lock (gate)
            if (Interlocked.Decrement(ref depth) == 0)
            {
                drained?.TrySetResult();
                drained = null;
            }
    }

    /// <summary>Everything up to the id is settled: remembers it, then deletes segments and bodies no longer needed.</summary>
    internal void Advance(long id)
    {
        if (id > settledTo)
            checkpoint.Advance(settledTo = id);
        List<Segment> over;
        lock (gate)
            over = segments.FindAll(s => s.Sealed && s.LastId <= id && (s != reading || readingAt >= s.Length));
        var bodies = settledBodies.FindAll(b => b.Id <= id);
        if (over.Count == 0 && bodies.Count == 0)
            return;
        checkpoint.Flush();
        foreach (var (_, body) in bodies)
            File.Delete(BodyPath(body));
        settledBodies.RemoveAll(b => b.Id <= id);
        foreach (var segment in over)
        {
            File.Delete(segment.Path);
            lock (gate)
                segments.Remove(segment);
        }
    }

    /// <summary>How long until the open segment is old enough; null when none is open.</summary>
    internal TimeSpan? RetireIn()
    {
        lock (gate)
            return segments.Find(s => !s.Sealed) is { } current
                ? TimeSpan.FromTicks(
                    Math.Max(
                        (options.SegmentAge - time.GetElapsedTime(current.StartedAt)).Ticks,
                        TimeSpan.TicksPerMillisecond
                    )
                )
                : null;
    }

    /// <summary>Has an old segment closed by the thread that writes it, so that its bytes go once they are settled.</summary>
    internal void RetireWhenOld()
    {
        lock (gate)
            if (
                segments.Find(s => !s.Sealed) is { } current
                && time.GetElapsedTime(current.StartedAt) >= options.SegmentAge
            )
            {
                retire = true;
                Monitor.Pulse(gate);
            }
    }

    /// <summary>How many bytes can be read where the reading is; moves on from a segment read to its end.</summary>
    long? Position()
    {
        lock (gate)
            while (true)
            {
                if (reading is not null && reading.Length > readingAt)
                    return reading.Length - readingAt;
                var next = segments.Find(s => reading is null || s.FirstId > reading.FirstId);
                if (next is null || reading is { Sealed: false })
                    return null;
                (reading, readingAt) = (next, 0);
            }
    }
}
