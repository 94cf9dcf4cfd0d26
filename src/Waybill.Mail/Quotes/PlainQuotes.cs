using System.Text;

namespace Waybill.Mail;

/// <summary>Quotes in plain text, found line by line.</summary>
static class PlainQuotes
{
    const int AttributionLines = 3;
    const int HeaderBlockLines = 6;

    public static QuoteSplit Split(string text)
    {
        var lines = Lines(text);
        var fresh = new StringBuilder();
        var quoted = new StringBuilder();
        for (var at = 0; at < lines.Count; at++)
        {
            if (BeginsOpenQuote(text, lines, at))
            {
                quoted.Append(text, lines[at].Start, text.Length - lines[at].Start);
                break;
            }
            var attribution = AttributionLength(text, lines, at);
            if (attribution > 0 && !IsQuotedNext(text, lines, at + attribution))
            {
                quoted.Append(text, lines[at].Start, text.Length - lines[at].Start);
                break;
            }
            for (var last = at + Math.Max(attribution, 1) - 1; at <= last; at++)
            {
                var target = attribution > 0 || IsQuoted(text, lines[at]) ? quoted : fresh;
                target.Append(text, lines[at].Start, lines[at].Length);
            }
            at--;
        }
        return new(fresh.ToString(), quoted.ToString());
    }

    static bool BeginsOpenQuote(string text, List<(int Start, int Length)> lines, int at)
    {
        var line = Content(text, lines[at]);
        if (QuoteWords.IsSeparator(line))
            return true;
        if (line.Length >= 10 && line.IndexOfAnyExcept('_') < 0)
            return at + 1 < lines.Count && IsHeaderBlock(text, lines, NextFilled(text, lines, at + 1));
        return IsHeaderBlock(text, lines, at);
    }

    static bool IsHeaderBlock(string text, List<(int Start, int Length)> lines, int at)
    {
        if (at >= lines.Count || !QuoteWords.IsFrom(Content(text, lines[at])))
            return false;
        for (var next = at + 1; next < Math.Min(lines.Count, at + HeaderBlockLines); next++)
        {
            if (QuoteWords.IsSent(Content(text, lines[next])))
                return true;
        }
        return false;
    }

    static int NextFilled(string text, List<(int Start, int Length)> lines, int at)
    {
        for (var last = Math.Min(lines.Count, at + 3); at < last; at++)
        {
            if (!Content(text, lines[at]).IsEmpty)
                break;
        }
        return at;
    }

    /// <summary>How many lines from here make up "On ... wrote:" (long ones are wrapped by the sender's program), or 0.</summary>
    static int AttributionLength(string text, List<(int Start, int Length)> lines, int at)
    {
        var joined = "";
        for (var count = 1; count <= AttributionLines && at + count <= lines.Count; count++)
        {
            var line = Content(text, lines[at + count - 1]);
            if (line.IsEmpty || line[0] == '>' || line.Length > 400)
                return 0;
            joined = count == 1 ? line.ToString() : $"{joined} {line}";
            if (QuoteWords.IsAttribution(joined))
                return count;
        }
        return 0;
    }

    static bool IsQuotedNext(string text, List<(int Start, int Length)> lines, int at)
    {
        at = NextFilled(text, lines, at);
        return at < lines.Count && IsQuoted(text, lines[at]);
    }

    static bool IsQuoted(string text, (int Start, int Length) line) => line.Length > 0 && text[line.Start] == '>';

    static ReadOnlySpan<char> Content(string text, (int Start, int Length) line) =>
        text.AsSpan(line.Start, line.Length).Trim();

    static List<(int Start, int Length)> Lines(string text)
    {
        var lines = new List<(int, int)>();
        for (var start = 0; start < text.Length; )
        {
            var end = text.IndexOf('\n', start);
            end = end < 0 ? text.Length : end + 1;
            lines.Add((start, end - start));
            start = end;
        }
        return lines;
    }
}
