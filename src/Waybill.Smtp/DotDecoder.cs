using System.Buffers;

namespace Waybill.Smtp;

/// <summary>Why the content of a mail was not whole or not well formed.</summary>
public enum MailContentFault
{
    None,

    /// <summary>Over <see cref="SmtpReceiverOptions.MaxMessageBytes"/>.</summary>
    TooLarge,

    /// <summary>A CR without LF or an LF without CR.</summary>
    BareLineEnd,

    /// <summary>A NUL byte, which no transfer encoding but BINARYMIME allows (RFC 5321 4.5.2, RFC 6152).</summary>
    Nul,

    /// <summary>Over <see cref="SmtpReceiverOptions.MaxTextLineBytes"/>.</summary>
    LineTooLong,

    /// <summary>Over <see cref="SmtpReceiverOptions.MaxHops"/>.</summary>
    TooManyHops,

    /// <summary>The connection ended before the final dot.</summary>
    CutShort,

    /// <summary>The sender stalled or took too long.</summary>
    TimedOut,
}

/// <summary>
/// Takes the dots out of DATA and finds its end (RFC 5321 4.5.2), whatever pieces the bytes come in.
/// <para>
/// The end is CRLF.CRLF and nothing else. Servers that also take LF.LF, LF.CRLF or CR.CR for it let one mail carry a second one
/// with forged commands past a relay that does not: SMTP smuggling (CVE-2023-51764 Postfix, 51765 Sendmail, 51766 Exim). So a bare
/// CR or LF never starts a line here, and a mail with one is read to its true end and refused.
/// </para>
/// </summary>
struct DotDecoder(int maxLineBytes)
{
    static readonly SearchValues<byte> Special = SearchValues.Create("\r\n\0"u8);

    enum At
    {
        LineStart,
        Dot,
        DotCr,
        Text,
        Cr,
    }

    // DATA's own CRLF stands before the first line, so a lone dot at once is an empty mail.
    At at;
    long lineBytes;

    public MailContentFault Fault { get; private set; }

    public bool Ended { get; private set; }

    /// <summary>
    /// Decodes from <paramref name="source"/> into <paramref name="target"/> until either is used up or the mail ends, and
    /// returns how many bytes of the source were used. After a fault, or with <paramref name="discard"/>, nothing is written and no
    /// room is needed.
    /// </summary>
    public int Decode(ReadOnlySpan<byte> source, Span<byte> target, bool discard, out int written)
    {
        var read = 0;
        written = 0;
        while (read < source.Length && !Ended)
        {
            var keep = !discard && Fault == MailContentFault.None;
            if (keep && written == target.Length)
                break;
            var c = source[read];
            switch (at)
            {
                case At.LineStart when c == '.':
                    at = At.Dot;
                    read++;
                    break;
                case At.Dot when c == '\r':
                    at = At.DotCr;
                    read++;
                    break;
                case At.DotCr when c == '\n':
                    Ended = true;
                    read++;
                    break;
                case At.Cr when c == '\n':
                    if (keep)
                        target[written++] = c;
                    at = At.LineStart;
                    lineBytes = 0;
                    read++;
                    break;
                case At.DotCr or At.Cr:
                    Blame(MailContentFault.BareLineEnd);
                    at = At.Text;
                    break;
                case At.LineStart or At.Dot:
                    at = At.Text;
                    break;
                default:
                    var room = source[read..];
                    if (keep && room.Length > target.Length - written)
                        room = room[..(target.Length - written)];
                    var special = room.IndexOfAny(Special);
                    var run = special < 0 ? room : room[..(special + 1)];
                    if (keep)
                    {
                        run.CopyTo(target[written..]);
                        written += run.Length;
                    }
                    read += run.Length;
                    lineBytes += run.Length;
                    if (special >= 0)
                        Meet(run[special]);
                    if (lineBytes > maxLineBytes + (at == At.Cr ? 1L : 0))
                        Blame(MailContentFault.LineTooLong);
                    break;
            }
        }
        return read;
    }

    void Meet(byte special)
    {
        if (special == '\r')
            at = At.Cr;
        else
            Blame(special == '\n' ? MailContentFault.BareLineEnd : MailContentFault.Nul);
    }

    void Blame(MailContentFault fault)
    {
        if (Fault == MailContentFault.None)
            Fault = fault;
    }
}
