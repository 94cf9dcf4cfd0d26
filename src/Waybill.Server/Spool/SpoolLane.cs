using System.Buffers;
using System.Threading.Channels;
using Microsoft.Win32.SafeHandles;
using Waybill.Server.Kernel;

namespace Waybill.Server.Spool;

/// <summary>
/// A durable queue in one folder. Appends that arrive while the disk is busy share the next write and flush.
/// Needs nothing but the disk; one process at a time (a lock file), any number of appending threads, one drain.
/// </summary>
public sealed partial class SpoolLane : IDisposable
{
    readonly object gate = new(); // Monitor.Wait needs an object
    readonly object spareGate = new();
    readonly SpoolOptions options;
    readonly TimeProvider time;
    readonly SafeFileHandle lockFile;
    readonly Checkpoint checkpoint;
    readonly SpoolMeter meter;
    readonly Thread writer;
    readonly List<Segment> segments = [];
    readonly Channel<bool> arrivals = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
    );

    Batch open;
    byte[]? spareBuffer;
    long nextId;
    long depth;
    long? diskFailedAt;
    bool closed;
    bool retire;
    Segment? active;
    SafeFileHandle? activeFile;
    TaskCompletionSource? drained;

    public string Name { get; }

    /// <summary>Items on disk that are neither handled nor parked.</summary>
    public long Depth => Interlocked.Read(ref depth);

    /// <summary>The last write failed and none has succeeded since: nothing can be promised.</summary>
    public bool DiskFails
    {
        get
        {
            lock (gate)
                return diskFailedAt is not null;
        }
    }

    /// <summary>What was set aside after repeated failure.</summary>
    public ParkedItems Parked { get; }

    /// <summary>When the first of the items the handler now has was appended.</summary>
    internal DateTime InHandSince { get; set; }

    internal double AgeInSeconds() =>
        Depth == 0 || InHandSince == default
            ? 0
            : Math.Max(0, (time.GetUtcNow().UtcDateTime - InHandSince).TotalSeconds);

    internal Tries Tries { get; }
    internal SpoolOptions Options => options;
    internal SpoolMeter Meter => meter;
    string Bodies => Path.Combine(options.Folder, "bodies");

    /// <summary>
    /// Keeps one item. It is on disk when the task completes, and the result is its id.
    /// Cancelling ends the wait, not the write: the item stays queued.
    /// </summary>
    /// <exception cref="SpoolUnavailableException">The lane cannot promise to keep it.</exception>
    /// <exception cref="ArgumentException">Longer than <see cref="SpoolOptions.HeadBytes"/>.</exception>
    public async ValueTask<long> AppendAsync(ReadOnlyMemory<byte> item, CancellationToken ct = default)
    {
        var (batch, id) = Enqueue(item.Span, default, file: null, origin: null);
        return await CommittedAsync(batch, id, ct);
    }

    /// <summary>
    /// Keeps a head (an envelope) and a body of any length in flat memory: a small body in the log, a large one in a
    /// file of its own. When the body throws, its exception comes out and nothing is kept.
    /// </summary>
    /// <exception cref="SpoolUnavailableException">The lane cannot promise to keep it.</exception>
    /// <exception cref="ArgumentException">The head is longer than <see cref="SpoolOptions.HeadBytes"/>.</exception>
    public async Task<long> AppendAsync(ReadOnlyMemory<byte> head, Stream body, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(body);
        ThrowIfUnavailable();
        var rented = ArrayPool<byte>.Shared.Rent(options.InlineBodyBytes + 1);
        var start = rented.AsMemory(0, options.InlineBodyBytes + 1);
        (Guid Name, long Length) file;
        try
        {
            var read = await body.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, ct);
            if (read < start.Length)
            {
                var (inline, inlineId) = Enqueue(head.Span, start.Span[..read], file: null, origin: null);
                return await CommittedAsync(inline, inlineId, ct);
            }
            file = await KeepBodyAsync(start, body, ct);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
        Batch batch;
        long id;
        try
        {
            (batch, id) = Enqueue(head.Span, default, file, origin: null);
        }
        catch
        {
            DeleteQuietly(BodyPath(file.Name));
            throw;
        }
        _ = DropWhenLost(batch, id, file.Name);
        return await CommittedAsync(batch, id, ct);
    }

    /// <summary>Completes when nothing is waiting: everything appended so far is handled or parked.</summary>
    public async Task DrainedAsync(CancellationToken ct = default)
    {
        Task waiting;
        lock (gate)
        {
            if (depth == 0)
                return;
            waiting = (drained ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
        await waiting.WaitAsync(ct);
    }

    /// <summary>Writes out what is queued, then closes; later appends are refused.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            if (closed)
                return;
            closed = true;
            Monitor.Pulse(gate);
        }
        writer.Join();
        activeFile?.Dispose();
        checkpoint.Flush();
        checkpoint.Dispose();
        Tries.Dispose();
        meter.Dispose();
        lock (spareGate)
            lockFile.Dispose();
    }

    internal async ValueTask<long> ReplayAsync(SpoolItem item)
    {
        var file = item.BodyName is { } name ? (name, item.BodyLength) : ((Guid, long)?)null;
        var (batch, id) = Enqueue(item.Head.Span, item.InlineBody.Span, file, (item.OriginId, item.AppendedAt));
        return await CommittedAsync(batch, id, CancellationToken.None);
    }

    internal string BodyPath(Guid name) => Path.Combine(Bodies, name.ToString("N"));

    (Batch, long) Enqueue(
        ReadOnlySpan<byte> head,
        ReadOnlySpan<byte> body,
        (Guid, long)? file,
        (long Id, DateTime At)? origin
    )
    {
        if (head.Length > options.HeadBytes)
            throw new ArgumentException($"{head.Length} bytes; the lane {Name} takes at most {options.HeadBytes}.");
        var size = Frame.Size(head.Length, file is null ? body.Length : Frame.BodyNameBytes);
        lock (gate)
        {
            ThrowIfUnavailable();
            if (open.Length + size > options.QueueBytes)
                throw Refused($"The queue of the lane {Name} is full.");
            var id = nextId++;
            var at = origin?.At ?? time.GetUtcNow().UtcDateTime;
            Frame.Write(open.Room(size, time), id, at, origin?.Id ?? 0, head, body, file);
            if (open.Count == 1)
                Monitor.Pulse(gate);
            return (open, id);
        }
    }

    static async Task<long> CommittedAsync(Batch batch, long id, CancellationToken ct)
    {
        await batch.Done.Task.WaitAsync(ct);
        return batch.Failure is null
            ? id
            : throw new SpoolUnavailableException(
                $"The write failed: {batch.Failure.Message}",
                batch.Failure,
                mayBeKept: id <= batch.LastTried
            );
    }

    async Task<(Guid Name, long Length)> KeepBodyAsync(ReadOnlyMemory<byte> start, Stream rest, CancellationToken ct)
    {
        var name = Guid.NewGuid();
        var path = BodyPath(name);
        var failed = false;
        var length = 0L;
        try
        {
            using var file = Stored(() => File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.None));
            var buffer = new byte[64 << 10];
            for (var part = start; part.Length > 0; )
            {
                Stored(() =>
                {
                    RandomAccess.Write(file, part.Span, length);
                    return length += part.Length;
                });
                part = buffer.AsMemory(0, await rest.ReadAsync(buffer, ct));
            }
            // The name needs no rename: the record in the log is what makes the file exist, and a start sweeps the rest.
            Stored(() =>
            {
                RandomAccess.FlushToDisk(file);
                Disk.FlushFolder(Bodies);
                return true;
            });
            return (name, length);
        }
        catch
        {
            failed = true;
            throw;
        }
        finally
        {
            if (failed)
                DeleteQuietly(path);
        }

        T Stored<T>(Func<T> write)
        {
            try
            {
                return write();
            }
            catch (Exception e) // not IOException alone: .NET makes EFBIG an ArgumentOutOfRangeException
            {
                throw Refused($"The body could not be written: {e.Message}", e);
            }
        }
    }

    /// <summary>Not the appender's job alone: it may have stopped waiting.</summary>
    async Task DropWhenLost(Batch batch, long id, Guid body)
    {
        await batch.Done.Task;
        if (batch.Failure is not null && id > batch.LastTried)
            DeleteQuietly(BodyPath(body));
    }

    static void DeleteQuietly(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { } // the next start sweeps it
    }

    void ThrowIfUnavailable()
    {
        if (Volatile.Read(ref closed))
            throw Refused($"The lane {Name} is closed.");
        lock (gate)
            if (diskFailedAt is { } since && time.GetElapsedTime(since) < options.RetryDiskAfter)
                throw Refused($"The disk refused the last write of the lane {Name}.");
    }

    SpoolUnavailableException Refused(string why, Exception? inner = null)
    {
        meter.Refused(1);
        return new(why, inner);
    }

    sealed class Batch(byte[] buffer)
    {
        public byte[] Bytes { get; private set; } = buffer;
        public int Length { get; private set; }
        public int Count { get; private set; }
        public long StartedAt { get; private set; }
        public long LastTried { get; set; } = -1;
        public Exception? Failure { get; set; }
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Span<byte> Room(int size, TimeProvider time)
        {
            if (Count++ == 0)
                StartedAt = time.GetTimestamp();
            if (Length + size > Bytes.Length)
            {
                var larger = new byte[Math.Max(Bytes.Length * 2, Length + size)];
                Bytes.AsSpan(0, Length).CopyTo(larger);
                Bytes = larger;
            }
            Length += size;
            return Bytes.AsSpan(Length - size, size);
        }
    }
}
