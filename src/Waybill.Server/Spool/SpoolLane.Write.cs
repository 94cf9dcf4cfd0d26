using Waybill.Server.Kernel;

namespace Waybill.Server.Spool;

public sealed partial class SpoolLane
{
    /// <summary>The lane's own thread: the flush blocks, and an answer must not wait for the thread pool to grow.</summary>
    void WriteBatches()
    {
        while (true)
        {
            Batch batch;
            lock (gate)
            {
                while (open.Count == 0 && !closed && !retire)
                    Monitor.Wait(gate);
                if (retire)
                {
                    retire = false;
                    SealActive();
                    _ = Task.Run(PrepareSpare);
                    arrivals.Writer.TryWrite(true);
                    continue;
                }
                if (open.Count == 0)
                    return;
                batch = open;
                open = new(spareBuffer ?? new byte[64 << 10]);
                spareBuffer = null;
            }
            try
            {
                Store(batch);
                lock (gate)
                    diskFailedAt = null;
                meter.Appended(batch.Count, time.GetElapsedTime(batch.StartedAt));
            }
            catch (Exception e)
            {
                // After a failed flush the kernel forgets which pages were not written (fsync(2), EIO), so a second one
                // proves nothing: leave the segment as it is and go on in a new one.
                SealActive();
                lock (gate)
                    diskFailedAt = time.GetTimestamp();
                meter.Refused(batch.Count);
                batch.Failure = e;
            }
            if (batch.Bytes.Length <= 4 << 20)
                lock (gate)
                    spareBuffer = batch.Bytes;
            batch.Done.SetResult();
            arrivals.Writer.TryWrite(true);
        }
    }

    void Store(Batch batch)
    {
        var bytes = batch.Bytes.AsSpan(0, batch.Length);
        while (bytes.Length > 0)
        {
            if (active is null)
                StartSegment(Frame.IdAt(bytes));
            var (room, fits, count, last) = (options.SegmentBytes - active!.Length, 0, 0, 0L);
            while (fits < bytes.Length && Frame.SizeAt(bytes[fits..]) is var size && fits + size <= room)
            {
                Frame.Seal(bytes.Slice(fits, size), active.Salt);
                last = Frame.IdAt(bytes[fits..]);
                fits += size;
                count++;
            }
            if (fits == 0)
            {
                SealActive();
                continue;
            }
            batch.LastTried = last;
            RandomAccess.Write(activeFile!, bytes[..fits], active.Length);
            Disk.FlushData(activeFile!);
            var half = options.SegmentBytes / 2;
            var pastHalf = active.Length < half && active.Length + fits >= half;
            lock (gate)
            {
                active.Length += fits;
                active.LastId = last;
                Interlocked.Add(ref depth, count);
            }
            if (pastHalf)
                _ = Task.Run(PrepareSpare);
            bytes = bytes[fits..];
        }
    }

    void StartSegment(long firstId)
    {
        lock (spareGate)
            active = Segment.Create(options.Folder, firstId, options.SegmentBytes, time.GetTimestamp());
        activeFile = active.OpenToWrite();
        lock (gate)
            segments.Add(active);
    }

    void SealActive()
    {
        if (active is null)
            return;
        lock (gate)
            active.Sealed = true;
        active = null;
        activeFile?.Dispose();
        activeFile = null;
    }

    void PrepareSpare()
    {
        lock (spareGate)
        {
            if (lockFile.IsClosed)
                return;
            try
            {
                Segment.Spare(options.Folder, options.SegmentBytes);
            }
            catch (Exception) { } // the append that needs it says so
        }
    }
}
