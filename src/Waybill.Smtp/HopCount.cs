namespace Waybill.Smtp;

/// <summary>Counts the Received: fields of a mail's header while it passes, in whatever pieces (RFC 5321 6.3).</summary>
struct HopCount
{
    static ReadOnlySpan<byte> Name => "received:"u8;

    int matched;
    bool elsewhere;
    bool past;

    public int Hops { get; private set; }

    /// <param name="text">Decoded content, whose lines end in CRLF.</param>
    public void Feed(ReadOnlySpan<byte> text)
    {
        while (!past && !text.IsEmpty)
        {
            if (!elsewhere)
            {
                // An empty line ends the header.
                past = matched == 0 && text[0] == '\r';
                elsewhere = (text[0] | 0x20) != Name[matched];
                if (elsewhere)
                    continue;
                text = text[1..];
                if (++matched == Name.Length)
                    (Hops, elsewhere) = (Hops + 1, true);
                continue;
            }
            var lf = text.IndexOf((byte)'\n');
            if (lf < 0)
                return;
            text = text[(lf + 1)..];
            (matched, elsewhere) = (0, false);
        }
    }
}
