using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace Waybill.Smtp;

enum Wake
{
    /// <summary>Bytes are there.</summary>
    Data,

    /// <summary>The peer will send no more; bytes may still be there.</summary>
    Ended,
    TimedOut,
    Stopping,
}

/// <summary>
/// The connection's two pipes with one clock. Replies gather until we would have to wait for the client, which is what flushes the
/// answers to a pipelined group together (RFC 2920 3.2).
/// </summary>
sealed class SmtpWire : IDisposable
{
    // A client that pipelines without reading must not make us hold its answers.
    const int MaxUnflushed = 16 * 1024;

    readonly PipeReader input;
    readonly PipeWriter output;
    readonly TimeProvider time;
    readonly ITimer timer;
    long deadline;
    volatile bool stopping;

    public SmtpWire(IDuplexPipe transport, TimeProvider time)
    {
        (input, output, this.time) = (transport.Input, transport.Output, time);
        timer = time.CreateTimer(
            static wire => ((SmtpWire)wire!).Interrupt(),
            this,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan
        );
    }

    public bool IsStopping => stopping;

    long Now => time.GetTimestamp();

    public void Stop()
    {
        stopping = true;
        input.CancelPendingRead();
    }

    /// <summary>From now on waiting in either direction ends at this time.</summary>
    public void Arm(TimeSpan limit)
    {
        Volatile.Write(ref deadline, Now + (long)(limit.TotalSeconds * time.TimestampFrequency));
        timer.Change(limit, Timeout.InfiniteTimeSpan);
    }

    public void Write(SmtpReply reply) => output.Write(reply.Bytes.Span);

    public bool MustFlush => output.UnflushedBytes > MaxUnflushed;

    /// <summary>False when the client is gone or does not read.</summary>
    public async ValueTask<bool> FlushAsync()
    {
        if (output.UnflushedBytes == 0)
            return true;
        try
        {
            while (true)
            {
                var result = await output.FlushAsync();
                if (!result.IsCanceled)
                    return !result.IsCompleted;
                if (Expired)
                    return false;
            }
        }
        catch (Exception gone) when (IsGone(gone))
        {
            return false;
        }
    }

    /// <summary>What is there without waiting.</summary>
    public bool TryRead(out ReadOnlySequence<byte> bytes, out bool ended)
    {
        bytes = default;
        ended = false;
        try
        {
            while (input.TryRead(out var result))
            {
                // A late interrupt; WaitAsync looks at the clock and the stop sign before it waits.
                if (result.IsCanceled)
                {
                    input.AdvanceTo(result.Buffer.Start);
                    continue;
                }
                (bytes, ended) = (result.Buffer, result.IsCompleted);
                return true;
            }
            return false;
        }
        catch (Exception gone) when (IsGone(gone))
        {
            ended = true;
            return true;
        }
    }

    /// <summary>Sends what we have to say and waits. After <see cref="Wake.Data"/> and <see cref="Wake.Ended"/> call <see cref="Advance"/>.</summary>
    /// <param name="heedStop">The host's wish to stop ends the wait; not so while a mail is arriving.</param>
    public async ValueTask<(Wake Why, ReadOnlySequence<byte> Bytes)> WaitAsync(bool heedStop)
    {
        if (!await FlushAsync())
            return (Wake.Ended, default);
        if (Expired)
            return (Wake.TimedOut, default);
        if (heedStop && stopping)
            return (Wake.Stopping, default);
        try
        {
            while (true)
            {
                var result = await input.ReadAsync();
                if (!result.IsCanceled)
                    return (result.IsCompleted ? Wake.Ended : Wake.Data, result.Buffer);
                input.AdvanceTo(result.Buffer.Start);
                if (Expired)
                    return (Wake.TimedOut, default);
                if (heedStop && stopping)
                    return (Wake.Stopping, default);
            }
        }
        catch (Exception gone) when (IsGone(gone))
        {
            return (Wake.Ended, default);
        }
    }

    public void Advance(SequencePosition used, SequencePosition seen) => input.AdvanceTo(used, seen);

    public void Dispose() => timer.Dispose();

    bool Expired => Now >= Volatile.Read(ref deadline);

    void Interrupt()
    {
        // Timers count milliseconds and may be early by the clock that decides; then once more for the rest.
        var left = time.GetElapsedTime(Now, Volatile.Read(ref deadline));
        if (left > TimeSpan.Zero)
        {
            timer.Change(left + TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
            return;
        }
        input.CancelPendingRead();
        output.CancelPendingFlush();
    }

    static bool IsGone(Exception e) =>
        e is IOException or ConnectionAbortedException or OperationCanceledException or ObjectDisposedException;
}
