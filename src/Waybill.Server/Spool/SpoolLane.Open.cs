using Waybill.Server.Kernel;

namespace Waybill.Server.Spool;

public sealed partial class SpoolLane
{
    /// <summary>
    /// Opens the lane and recovers what is in it. Throws when the folder cannot be read or another process has it
    /// open; a full disk is no obstacle, appends are then refused until there is room.
    /// </summary>
    public SpoolLane(string name, SpoolOptions options, TimeProvider? time = null, ILogger<SpoolLane>? log = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        (Name, this.options, this.time) = (name, options, time ?? TimeProvider.System);
        Directory.CreateDirectory(Bodies);
        lockFile = File.OpenHandle(
            Path.Combine(options.Folder, "lock"),
            FileMode.OpenOrCreate,
            FileAccess.ReadWrite,
            FileShare.None
        );
        checkpoint = new(Path.Combine(options.Folder, "checkpoint"));
        Tries = new(Path.Combine(options.Folder, "tries"));
        Parked = new(this, Path.Combine(options.Folder, "parked"));
        var bodies = Recover(log);
        SweepBodies(bodies);
        Disk.FlushFolder(options.Folder);
        settledTo = checkpoint.Settled;
        meter = new(name, () => Depth, AgeInSeconds);
        open = new(new byte[64 << 10]);
        Segment.DropSpares(options.Folder);
        PrepareSpare();
        writer = new(WriteBatches) { IsBackground = true, Name = $"Spool {name}" };
        writer.Start();
        if (depth > 0)
            arrivals.Writer.TryWrite(true);
    }

    /// <summary>
    /// Finds where each segment ends and what is still to drain. Appends always go on in a new segment, so whatever
    /// lies behind a torn record is never mistaken for a later one.
    /// </summary>
    HashSet<Guid> Recover(ILogger? log)
    {
        var bodies = new HashSet<Guid>();
        var found = Segment.All(options.Folder).ToList();
        var last = checkpoint.Settled;
        for (var i = 0; i < found.Count; i++)
        {
            var segment = found[i];
            if (i + 1 < found.Count && found[i + 1].FirstId - 1 <= checkpoint.Settled)
            {
                File.Delete(segment.Path);
                continue;
            }
            // Its name alone says that ids up to here were given; a restored lane has an empty one far ahead.
            last = Math.Max(last, segment.FirstId);
            var bytes = File.ReadAllBytes(segment.Path);
            var damaged = 0L;
            foreach (var (item, from, to) in Intact(bytes, segment))
            {
                damaged += bytes.AsSpan((int)segment.Length, from - (int)segment.Length).ContainsAnyExcept((byte)0)
                    ? from - segment.Length
                    : 0;
                (segment.Length, segment.LastId) = (to, item.Id);
                last = Math.Max(last, item.Id);
                if (item.Id <= checkpoint.Settled)
                    continue;
                Parked.FinishReplay(item);
                depth++;
                if (item.BodyName is { } body)
                    bodies.Add(body);
            }
            if (bytes.AsSpan((int)segment.Length).ContainsAnyExcept((byte)0))
                log?.LogWarning(
                    "An unfinished write at {Offset} of {Segment} was left out",
                    segment.Length,
                    segment.Path
                );
            if (damaged > 0)
                log?.LogError("{Bytes} bytes of {Segment} are damaged and were skipped", damaged, segment.Path);
            if (segment.LastId <= checkpoint.Settled)
                File.Delete(segment.Path);
            else
                segments.Add(segment);
        }
        nextId = Math.Max(last, Parked.LastId) + 1;
        return bodies;
    }

    /// <summary>Every intact record; past a damaged one it looks for the next at each aligned offset.</summary>
    IEnumerable<(SpoolItem Item, int From, int To)> Intact(ReadOnlyMemory<byte> bytes, Segment segment)
    {
        var before = segment.FirstId - 1;
        for (var at = 0; at < bytes.Length; )
        {
            var item = Frame.Read(bytes[at..], segment.Salt, Bodies, out var size);
            if (item is null || item.Id <= before)
            {
                at += Frame.Alignment;
                continue;
            }
            yield return (item, at, at + size);
            before = item.Id;
            at += size;
        }
    }

    void SweepBodies(HashSet<Guid> pending)
    {
        foreach (var path in Directory.GetFiles(Bodies))
            if (
                !Guid.TryParseExact(Path.GetFileName(path), "N", out var name)
                || !(pending.Contains(name) || Parked.Has(name))
            )
                File.Delete(path);
    }
}
