using System.Buffers;

namespace Waybill.Mail;

/// <summary>Looks at the header before the parser takes it into memory.</summary>
static class HeaderBlock
{
    /// <exception cref="MailUnreadableException">No header field, or no end of the header within the limit.</exception>
    public static void Check(Stream raw, int limit)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            var state = new State();
            var seen = 0;
            int count;
            while ((count = raw.Read(buffer)) > 0)
            {
                foreach (var b in buffer.AsSpan(0, count))
                {
                    if (state.Ends(b))
                    {
                        if (!state.HasField)
                            throw new MailUnreadableException("The mail has no header.");
                        return;
                    }
                    if (++seen > limit)
                        throw new MailUnreadableException($"The header is longer than {limit} bytes.");
                }
            }
            if (!state.HasField)
                throw new MailUnreadableException("The mail has no header.");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Ends at an empty line. A field is a name of printable ASCII and a colon at the start of a line (RFC 5322 section 2.2).</summary>
    struct State
    {
        int column;
        bool nameIsClean;

        public bool HasField { get; private set; }

        public bool Ends(byte b)
        {
            if (b == '\n')
            {
                var empty = column == 0;
                column = 0;
                return empty;
            }
            if (b == '\r')
                return false;
            if (column++ == 0)
                nameIsClean = b is > 32 and < 127 and not (byte)':';
            else if (b == ':' && nameIsClean)
                HasField = true;
            else if (b is <= 32 or >= 127)
                nameIsClean = false;
            return false;
        }
    }
}
