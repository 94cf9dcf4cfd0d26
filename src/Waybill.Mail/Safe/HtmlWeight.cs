namespace Waybill.Mail;

/// <summary>
/// Tells mails that would cost a parser far more than their size. The HTML standard makes a parser open every unclosed formatting element
/// again in each new paragraph, so that n of them and n paragraphs make n² elements.
/// </summary>
static class HtmlWeight
{
    const int MaxTags = 20_000;
    const int MaxOpenFormatting = 100;
    const int MaxOpen = 2_000;
    const int MaxAttributes = 100_000;

    // https://html.spec.whatwg.org/multipage/parsing.html#formatting
    static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Formatting = new HashSet<string>(
        ["a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"],
        StringComparer.OrdinalIgnoreCase
    ).GetAlternateLookup<ReadOnlySpan<char>>();

    static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Void = new HashSet<string>(
        [
            "area",
            "base",
            "br",
            "col",
            "hr",
            "img",
            "input",
            "link",
            "meta",
            "param",
            "wbr",
            "p",
            "li",
            "td",
            "tr",
            "th",
            "option",
            "dd",
            "dt",
        ],
        StringComparer.OrdinalIgnoreCase
    ).GetAlternateLookup<ReadOnlySpan<char>>();

    public static bool IsTooHeavy(string html)
    {
        var (tags, formatting, open, attributes) = (0, 0, 0, 0);
        var scanner = new HtmlScanner(html);
        while (scanner.Next())
        {
            if (scanner.Kind is not (HtmlTokenKind.StartTag or HtmlTokenKind.EndTag))
                continue;
            var step = scanner.Kind == HtmlTokenKind.StartTag ? 1 : -1;
            attributes += scanner.AttributeCount;
            if (Formatting.Contains(scanner.Name))
                formatting = Math.Max(0, formatting + step);
            else if (!Void.Contains(scanner.Name))
                open = Math.Max(0, open + step);
            if (++tags > MaxTags || formatting > MaxOpenFormatting || open > MaxOpen || attributes > MaxAttributes)
                return true;
        }
        return false;
    }
}
