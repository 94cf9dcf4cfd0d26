using System.Net;
using System.Text;

namespace Waybill.Mail;

/// <summary>The words of an HTML text, for previews, searching and plain fallbacks.</summary>
public static class PlainText
{
    static readonly HashSet<string> Breaks = new(StringComparer.OrdinalIgnoreCase)
    {
        "address",
        "article",
        "aside",
        "blockquote",
        "br",
        "center",
        "dd",
        "div",
        "dl",
        "dt",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tr",
        "ul",
    };

    static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> BreaksBySpan = Breaks.GetAlternateLookup<
        ReadOnlySpan<char>
    >();

    /// <summary>Lines of text; at most <paramref name="limit"/> characters. White space is folded as a browser folds it.</summary>
    public static string FromHtml(string html, int limit = int.MaxValue)
    {
        var text = new StringBuilder();
        var scanner = new HtmlScanner(html);
        while (text.Length < limit && scanner.Next())
        {
            if (scanner.Kind == HtmlTokenKind.Text)
                Append(text, WebUtility.HtmlDecode(scanner.Token.ToString()));
            else if (scanner.Kind is HtmlTokenKind.StartTag or HtmlTokenKind.EndTag)
                Separate(text, scanner);
        }
        return Cut(text.ToString().Trim(), limit);
    }

    /// <summary>One line: every run of white space and control characters is one space, cut at a word with an ellipsis.</summary>
    public static string OneLine(string text, int limit)
    {
        var line = new StringBuilder();
        foreach (var c in text)
        {
            if (line.Length > limit)
                break;
            if (char.IsWhiteSpace(c) || char.IsControl(c) || IsInvisible(c))
            {
                if (line.Length > 0 && line[^1] != ' ')
                    line.Append(' ');
            }
            else
                line.Append(c);
        }
        var whole = line.ToString().Trim();
        if (whole.Length <= limit)
            return whole;
        var space = whole.LastIndexOf(' ', limit - 1);
        return Cut(whole, space > limit / 2 ? space : limit - 1) + "…";
    }

    internal static string Cut(string text, int limit)
    {
        if (text.Length <= limit)
            return text;
        return char.IsHighSurrogate(text[limit - 1]) ? text[..(limit - 1)] : text[..limit];
    }

    static void Append(StringBuilder text, string words)
    {
        foreach (var c in words)
        {
            if (c is ' ' or '\t' or '\r' or '\n' or '\f')
            {
                if (text.Length > 0 && text[^1] is not (' ' or '\n'))
                    text.Append(' ');
            }
            else
                text.Append(c);
        }
    }

    static void Separate(StringBuilder text, HtmlScanner tag)
    {
        if (text.Length == 0)
            return;
        if (BreaksBySpan.Contains(tag.Name))
        {
            if (text[^1] == ' ')
                text.Length--;
            if (text.Length > 0 && (text[^1] != '\n' || tag.Is("br")))
                text.Append('\n');
        }
        else if ((tag.Is("td") || tag.Is("th")) && text[^1] is not (' ' or '\n'))
            text.Append(' ');
    }

    // Zero-width joiners and the like that newsletters pad their preview with.
    static bool IsInvisible(char c) =>
        c
            is '\u00AD'
                or '\u034F'
                or (>= '\u200B' and <= '\u200F')
                or (>= '\u202A' and <= '\u202E')
                or '\u2060'
                or '\uFEFF'
                or (>= '\u2066' and <= '\u2069');
}
