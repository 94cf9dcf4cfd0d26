using System.Buffers;
using System.IO.Pipelines;
using System.Net.Security;
using System.Security.Authentication;
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

    readonly PipeWriter transport;
    readonly TimeProvider time;
    readonly ITimer timer;
    PipeReader input;
    PipeWriter output;
    SslStream? tls;
    long deadline;
    volatile bool flushing;
    volatile bool stopping;

    public SmtpWire(IDuplexPipe transport, TimeProvider time)
    {
        (input, output, this.transport, this.time) = (transport.Input, transport.Output, transport.Output, time);
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

    /// <summary>Version and cipher; null without TLS.</summary>
    public string? Tls { get; private set; }

    /// <summary>
    /// Forgets what the client sent after its STARTTLS: it came before the handshake, so anyone on the way may have
    /// written it (CVE-2011-0411). What is still on its way to us then spoils the handshake, and is never a command either.
    /// </summary>
    public void ForgetInput()
    {
        while (TryRead(out var bytes, out var ended) && !ended)
            input.AdvanceTo(bytes.End);
    }

    /// <summary>Sends the reply that stands written and goes on in TLS. Returns what went wrong, or null.</summary>
    public async ValueTask<string?> BeginTlsAsync(
        SslServerAuthenticationOptions how,
        TimeSpan limit,
        CancellationToken ct
    )
    {
        Arm(limit);
        if (!await FlushAsync())
            return "the client is gone";
        tls = new SslStream(new TransportStream(input, output), leaveInnerStreamOpen: true);
        try
        {
            await tls.AuthenticateAsServerAsync(how, ct);
        }
        catch (Exception e) when (IsGone(e) || e is AuthenticationException or NotSupportedException)
        {
            return e.Message;
        }
        // A record holds 16 KB at most.
        input = PipeReader.Create(tls, new StreamPipeReaderOptions(bufferSize: 16 * 1024, leaveOpen: true));
        output = PipeWriter.Create(tls, new StreamPipeWriterOptions(leaveOpen: true));
        Tls = $"{(tls.SslProtocol == SslProtocols.Tls13 ? "TLSv1.3" : "TLSv1.2")} {tls.NegotiatedCipherSuite}";
        return null;
    }

    /// <summary>Sends what we have to say, and in TLS that this is all.</summary>
    public async ValueTask CloseAsync(TimeSpan limit)
    {
        Arm(limit);
        if (!await FlushAsync() || Tls is null)
            return;
        try
        {
            await tls!.ShutdownAsync();
        }
        catch (Exception gone) when (IsGone(gone)) { }
    }

    public void Write(SmtpReply reply) => output.Write(reply.Bytes.Span);

    public bool MustFlush => output.UnflushedBytes > MaxUnflushed;

    /// <summary>False when the client is gone or does not read.</summary>
    public async ValueTask<bool> FlushAsync()
    {
        if (output.UnflushedBytes == 0)
            return true;
        flushing = true;
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
        finally
        {
            flushing = false;
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

    public void Dispose()
    {
        timer.Dispose();
        tls?.Dispose();
    }

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
        // Under TLS too it is the transport's flush that a client who does not read holds up. Not without need: the pipe keeps the
        // sign for its next flush, which may be the one that says 421.
        if (flushing)
            transport.CancelPendingFlush();
    }

    static bool IsGone(Exception e) =>
        e is IOException or ConnectionAbortedException or OperationCanceledException or ObjectDisposedException;
}
