using System.Buffers;

namespace Waybill.Smtp;

/// <summary>Thrown to the store when a mail's content is not to be kept. The client's reply is settled by the receiver.</summary>
public sealed class MailContentException(MailContentFault fault) : IOException($"Mail content is not usable: {fault}")
{
    public MailContentFault Fault { get; } = fault;
}

/// <summary>
/// The content of one mail, pulled from the connection by whoever reads it: no buffer of ours between socket and store, so the
/// transport's own limit is the back-pressure.
/// </summary>
sealed class MailContent(SmtpWire wire, SmtpReceiverOptions options, TimeProvider time) : Stream
{
    readonly long started = time.GetTimestamp();
    DotDecoder decoder = new(options.MaxTextLineBytes);
    HopCount hops;
    MailContentFault wireFault;
    bool closed;
    long raw;

    public MailContentFault Fault => wireFault != MailContentFault.None ? wireFault : decoder.Fault;

    /// <summary>Bytes handed to the store.</summary>
    public long Delivered { get; private set; }

    /// <summary>A reader has been told that this was all.</summary>
    public bool EndSeen { get; private set; }

    /// <summary>The final dot has come; commands may follow. False after the rest was skipped: only closing is left.</summary>
    public bool AtFinalDot => decoder.Ended;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(closed, this);
        if (buffer.IsEmpty)
            return 0;
        cancellationToken.ThrowIfCancellationRequested();
        var count = 0;
        while (count == 0 && Fault == MailContentFault.None && !decoder.Ended)
            count = await PullAsync(buffer, discard: false);
        Delivered += count;
        hops.Feed(buffer.Span[..count]);
        if (hops.Hops > options.MaxHops && Fault == MailContentFault.None)
            wireFault = MailContentFault.TooManyHops;
        if (Fault == MailContentFault.None && Delivered > options.MaxMessageBytes)
            wireFault = MailContentFault.TooLarge;
        if (Fault != MailContentFault.None)
            throw new MailContentException(Fault);
        EndSeen |= count == 0;
        return count;
    }

    /// <summary>
    /// Ends the store's reading and skips to the final dot, so that what follows is taken for commands only when it is. Gives up past
    /// twice the size cap.
    /// </summary>
    public async ValueTask SkipToEndAsync()
    {
        closed = true;
        while (!decoder.Ended && wireFault is not (MailContentFault.CutShort or MailContentFault.TimedOut))
        {
            if (raw > options.MaxMessageBytes)
                wireFault = MailContentFault.TooLarge;
            if (raw / 2 > options.MaxMessageBytes)
                return;
            await PullAsync(default, discard: true);
        }
    }

    async ValueTask<int> PullAsync(Memory<byte> target, bool discard)
    {
        if (!wire.TryRead(out var bytes, out var ended) || (bytes.IsEmpty && !ended))
        {
            var left = options.MessageTimeout - time.GetElapsedTime(started);
            wire.Arm(left < options.DataTimeout ? (left > TimeSpan.Zero ? left : TimeSpan.Zero) : options.DataTimeout);
            (var why, bytes) = await wire.WaitAsync(heedStop: false);
            if (why == Wake.TimedOut)
            {
                wireFault = MailContentFault.TimedOut;
                return 0;
            }
            ended = why == Wake.Ended;
        }
        if (bytes.IsEmpty)
        {
            if (ended)
                wireFault = MailContentFault.CutShort;
            else
                wire.Advance(bytes.Start, bytes.End);
            return 0;
        }
        var (used, written) = Decode(bytes, target.Span, discard);
        raw += used;
        var position = bytes.GetPosition(used);
        wire.Advance(position, position);
        return written;
    }

    (long Used, int Written) Decode(in ReadOnlySequence<byte> bytes, Span<byte> target, bool discard)
    {
        var used = 0L;
        var written = 0;
        foreach (var piece in bytes)
        {
            var read = decoder.Decode(piece.Span, target[written..], discard, out var wrote);
            used += read;
            written += wrote;
            if (read < piece.Length || decoder.Ended)
                break;
        }
        return (used, written);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override bool CanRead => !closed;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position
    {
        get => Delivered;
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException("Mail content is read asynchronously");

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
