using System.Buffers;

namespace Waybill.Smtp;

enum CommandEvent
{
    Line,
    TooLong,
    HasNul,

    /// <summary>A bare CR or LF. Guessing where such a line ends is how commands are smuggled; the session closes.</summary>
    NotCrLf,
    TimedOut,
    Stopping,
    Ended,
}

/// <summary>Cuts command lines out of the input; holds one at a time.</summary>
sealed class CommandReader(SmtpWire wire, SmtpReceiverOptions options)
{
    readonly char[] line = new char[options.MaxCommandBytes];
    int length;

    /// <summary>The last line without its CRLF, one char a byte.</summary>
    public ReadOnlySpan<char> Line => line.AsSpan(0, length);

    public async ValueTask<CommandEvent> NextAsync()
    {
        length = 0;
        var (armed, skipping, skipped) = (false, false, 0L);
        while (true)
        {
            if (wire.IsStopping)
                return CommandEvent.Stopping;
            if (wire.MustFlush && !await wire.FlushAsync())
                return CommandEvent.Ended;
            if (!wire.TryRead(out var bytes, out var ended))
            {
                if (!armed)
                    wire.Arm(options.CommandTimeout);
                armed = true;
                (var why, bytes) = await wire.WaitAsync(heedStop: true);
                if (why == Wake.TimedOut)
                    return CommandEvent.TimedOut;
                if (why == Wake.Stopping)
                    return CommandEvent.Stopping;
                ended = why == Wake.Ended;
            }
            var lineEnd = bytes.PositionOf((byte)'\n');
            if (lineEnd is { } lf)
            {
                var end = bytes.GetPosition(1, lf);
                var found = Take(bytes.Slice(0, end), skipping);
                wire.Advance(end, end);
                return found;
            }
            if (ended)
                return CommandEvent.Ended;
            if (skipping || bytes.Length >= options.MaxCommandBytes)
            {
                // Skipped, not held. The last byte stays: it may be the CR of this line's end.
                skipping = true;
                skipped += bytes.Length - 1;
                if (skipped > 64 * options.MaxCommandBytes)
                    return CommandEvent.NotCrLf;
                wire.Advance(bytes.GetPosition(bytes.Length - 1), bytes.End);
            }
            else
                wire.Advance(bytes.Start, bytes.End);
        }
    }

    CommandEvent Take(in ReadOnlySequence<byte> withLineEnd, bool skipping)
    {
        if (skipping || withLineEnd.Length > options.MaxCommandBytes)
        {
            Span<byte> tail = stackalloc byte[2];
            withLineEnd.Slice(withLineEnd.Length - 2).CopyTo(tail);
            return tail[0] == '\r' ? CommandEvent.TooLong : CommandEvent.NotCrLf;
        }
        Span<byte> bytes = stackalloc byte[(int)withLineEnd.Length];
        withLineEnd.CopyTo(bytes);
        if (bytes.Length < 2 || bytes.IndexOf((byte)'\r') != bytes.Length - 2)
            return CommandEvent.NotCrLf;
        bytes = bytes[..^2];
        if (bytes.Contains((byte)0))
            return CommandEvent.HasNul;
        for (var i = 0; i < bytes.Length; i++)
            line[i] = (char)bytes[i];
        length = bytes.Length;
        return CommandEvent.Line;
    }
}
