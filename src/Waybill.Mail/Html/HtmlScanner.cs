using System.Buffers;

namespace Waybill.Mail;

/// <summary>
/// One forward pass over HTML that yields positions, never copies. It follows the tokenizer states of the HTML standard
/// (https://html.spec.whatwg.org/multipage/parsing.html#tokenization), so that what it calls a tag is what a client sees as one.
/// The tokens cover the text without gap or overlap, and no character is looked at more than a constant number of times.
/// </summary>
ref struct HtmlScanner(ReadOnlySpan<char> html)
{
    static readonly SearchValues<char> NameEnd = SearchValues.Create(" \t\r\n\f/>");
    static readonly SearchValues<char> AttributeNameEnd = SearchValues.Create(" \t\r\n\f/>=");
    static readonly SearchValues<char> UnquotedEnd = SearchValues.Create(" \t\r\n\f>");

    static readonly string[] RawTextNames =
    [
        "script",
        "style",
        "title",
        "textarea",
        "xmp",
        "iframe",
        "noembed",
        "noframes",
        "plaintext",
    ];

    readonly ReadOnlySpan<char> html = html;
    readonly List<HtmlAttribute> attributes = [];
    string? rawText;
    int rawTextFrom;
    int rawTextEnd = -1;
    int nameStart;
    int nameLength;
    bool noCdataEnd;

    public HtmlTokenKind Kind { get; private set; }

    public int Start { get; private set; }

    public int End { get; private set; }

    /// <summary>
    /// To be read at the end: the text ends within a tag, comment or raw text that began here, so that nothing put behind it would be seen
    /// as markup; or -1.
    /// </summary>
    public int OpenFrom { get; private set; } = -1;

    public readonly int AttributeCount => attributes.Count;

    public readonly ReadOnlySpan<char> Token => html[Start..End];

    public readonly bool Is(string name) =>
        html.Slice(nameStart, nameLength).Equals(name, StringComparison.OrdinalIgnoreCase);

    public readonly ReadOnlySpan<char> Name => html.Slice(nameStart, nameLength);

    /// <summary>The first attribute of that name, as the standard keeps the first of several.</summary>
    public readonly bool TryGet(string name, out HtmlAttribute attribute)
    {
        foreach (var candidate in attributes)
        {
            if (
                candidate.NameLength == name.Length
                && html.Slice(candidate.NameStart, candidate.NameLength)
                    .Equals(name, StringComparison.OrdinalIgnoreCase)
            )
            {
                attribute = candidate;
                return true;
            }
        }
        attribute = default;
        return false;
    }

    /// <summary>The value as written, entities not decoded; empty when the attribute is missing.</summary>
    public readonly ReadOnlySpan<char> ValueOf(string name) =>
        TryGet(name, out var attribute) && attribute.ValueStart >= 0
            ? html.Slice(attribute.ValueStart, attribute.ValueLength)
            : default;

    public bool Next()
    {
        Start = End;
        if (Start >= html.Length)
        {
            if (rawText is not null)
                OpenFrom = rawTextFrom;
            return false;
        }
        if (rawText is { } element)
        {
            rawText = null;
            var end = RawTextEnd(element);
            rawTextEnd = end;
            if (end > Start)
                return Emit(HtmlTokenKind.RawText, end, unclosed: end == html.Length);
        }
        if (html[Start] != '<')
        {
            var next = html[Start..].IndexOf('<');
            return Emit(HtmlTokenKind.Text, next < 0 ? html.Length : Start + next);
        }
        return Start + 1 >= html.Length ? Emit(HtmlTokenKind.Text, html.Length) : Markup(html[Start + 1]);
    }

    bool Markup(char second)
    {
        if (char.IsAsciiLetter(second))
            return Tag(HtmlTokenKind.StartTag, Start + 1);
        if (second == '/')
        {
            if (Start + 2 >= html.Length)
                return Emit(HtmlTokenKind.Text, html.Length, unclosed: true);
            return char.IsAsciiLetter(html[Start + 2]) ? Tag(HtmlTokenKind.EndTag, Start + 2) : UpTo(">", Start + 2);
        }
        if (second == '?')
            return UpTo(">", Start + 1);
        if (second != '!')
            return Emit(HtmlTokenKind.Text, Start + 1);
        if (html[Start..].StartsWith("<!--", StringComparison.Ordinal))
            return Comment();
        if (!noCdataEnd && html[Start..].StartsWith("<![CDATA[", StringComparison.OrdinalIgnoreCase))
        {
            if (html[Start..].IndexOf("]]>", StringComparison.Ordinal) is var cdata and >= 0)
                return Emit(HtmlTokenKind.Comment, Start + cdata + 3);
            noCdataEnd = true;
        }
        return UpTo(">", Start + 2);
    }

    bool Comment()
    {
        var from = Start + 4;
        if (html[from..].StartsWith(">", StringComparison.Ordinal))
            return Emit(HtmlTokenKind.Comment, from + 1);
        if (html[from..].StartsWith("->", StringComparison.Ordinal))
            return Emit(HtmlTokenKind.Comment, from + 2);
        while (true)
        {
            var dashes = html[from..].IndexOf("--", StringComparison.Ordinal);
            if (dashes < 0)
                return Emit(HtmlTokenKind.Comment, html.Length, unclosed: true);
            var after = from + dashes + 2;
            while (after < html.Length && html[after] == '-')
                after++;
            if (after < html.Length && html[after] == '>')
                return Emit(HtmlTokenKind.Comment, after + 1);
            if (after + 1 < html.Length && html[after] == '!' && html[after + 1] == '>')
                return Emit(HtmlTokenKind.Comment, after + 2);
            from = after;
        }
    }

    bool Tag(HtmlTokenKind kind, int at)
    {
        attributes.Clear();
        nameStart = at;
        at = Skip(at, NameEnd);
        nameLength = at - nameStart;
        while (true)
        {
            while (at < html.Length && (IsSpace(html[at]) || html[at] == '/'))
                at++;
            if (at >= html.Length)
                return Emit(HtmlTokenKind.Comment, html.Length, unclosed: true);
            if (html[at] == '>')
                break;
            at = Attribute(at);
        }
        if (kind == HtmlTokenKind.StartTag && RawTextName() is { } name)
        {
            rawText = name;
            rawTextFrom = Start;
        }
        return Emit(kind, at + 1);
    }

    int Attribute(int at)
    {
        var name = at;
        at = Skip(at + 1, AttributeNameEnd);
        var length = at - name;
        var equals = at;
        while (equals < html.Length && IsSpace(html[equals]))
            equals++;
        if (equals >= html.Length || html[equals] != '=')
        {
            attributes.Add(new(name, length, -1, 0, '\0'));
            return equals;
        }
        at = equals + 1;
        while (at < html.Length && IsSpace(html[at]))
            at++;
        if (at >= html.Length)
            return at;
        if (html[at] is '"' or '\'')
        {
            var quote = html[at];
            var close = html[(at + 1)..].IndexOf(quote);
            if (close < 0)
                return html.Length;
            attributes.Add(new(name, length, at + 1, close, quote));
            return at + close + 2;
        }
        var end = Skip(at, UnquotedEnd);
        attributes.Add(new(name, length, at, end - at, '\0'));
        return end;
    }

    readonly int Skip(int at, SearchValues<char> until)
    {
        if (at >= html.Length)
            return html.Length;
        var found = html[at..].IndexOfAny(until);
        return found < 0 ? html.Length : at + found;
    }

    readonly string? RawTextName()
    {
        foreach (var name in RawTextNames)
        {
            if (Is(name))
                return name;
        }
        return null;
    }

    readonly int RawTextEnd(string element)
    {
        if (element == "plaintext")
            return html.Length;
        var from = Start;
        while (true)
        {
            var found = html[from..].IndexOf("</", StringComparison.Ordinal);
            if (found < 0)
                return html.Length;
            var name = from + found + 2;
            var after = name + element.Length;
            if (
                after <= html.Length
                && html[name..after].Equals(element, StringComparison.OrdinalIgnoreCase)
                && (after == html.Length || NameEnd.Contains(html[after]))
            )
                return name - 2;
            from = name;
        }
    }

    bool UpTo(string end, int from)
    {
        var found = html[from..].IndexOf(end, StringComparison.Ordinal);
        return found < 0
            ? Emit(HtmlTokenKind.Comment, html.Length, unclosed: true)
            : Emit(HtmlTokenKind.Comment, from + found + end.Length);
    }

    bool Emit(HtmlTokenKind kind, int end, bool unclosed = false)
    {
        Kind = kind;
        End = end;
        if (unclosed)
            OpenFrom = kind == HtmlTokenKind.RawText || Start == rawTextEnd ? rawTextFrom : Start;
        return true;
    }

    static bool IsSpace(char c) => c is ' ' or '\t' or '\r' or '\n' or '\f';
}
