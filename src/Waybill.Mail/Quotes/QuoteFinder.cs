using System.Net;

namespace Waybill.Mail;

/// <summary>
/// Watches the tokens of an HTML mail go by and notes which stretches quote an earlier mail. Outlook marks where the quote begins and
/// everything behind belongs to it; Gmail, Apple Mail and Thunderbird wrap it in an element, and people write below or between.
/// </summary>
sealed class QuoteFinder
{
    // Texts between "From:" and "Sent:" in a header block: the name, the address, brackets, spacing.
    const int HeaderBlockTexts = 12;

    static readonly string[] OpenEndedIds =
    [
        "divRplyFwdMsg",
        "appendonsend",
        "ms-outlook-mobile-reference-message",
        "mail-editor-reference-message-container",
        "OLK_SRC_BODY_SECTION",
        "reply-intro",
        "isForwardContent",
        "isReplyContent",
    ];

    static readonly string[] ContainerClasses =
    [
        "gmail_quote",
        "gmail_quote_container",
        "yahoo_quoted",
        "protonmail_quote",
        "moz-forward-container",
        "zmail_extra",
    ];

    readonly List<(int Start, int End)> closed = [];
    int open = -1;
    string? container;
    int depth;
    int border = -1;
    int header = -1;
    int headerTexts;
    int prefix = -1;
    int prefixTexts;
    bool attribution;

    /// <summary>Where the first quote begins, or -1.</summary>
    public int First => closed.Count > 0 ? closed[0].Start : open;

    /// <summary>Stretches in order, without overlap; to be read when all tokens have been seen.</summary>
    public IReadOnlyList<(int Start, int End)> Regions(int length) => open < 0 ? closed : [.. closed, (open, length)];

    public void See(in HtmlScanner token)
    {
        if (open >= 0 && container is null)
            return;
        switch (token.Kind)
        {
            case HtmlTokenKind.StartTag:
                StartTag(token);
                break;
            case HtmlTokenKind.EndTag when container is not null && token.Is(container) && --depth == 0:
                closed.Add((open, token.End));
                open = -1;
                container = null;
                break;
            case HtmlTokenKind.Text when container is null:
                Text(token);
                break;
        }
    }

    void StartTag(in HtmlScanner token)
    {
        if (container is not null)
        {
            if (token.Is(container))
                depth++;
            return;
        }
        if (token.Is("blockquote") && IsCitation(token))
            Open(token.Start, "blockquote");
        else if (token.Is("div") || token.Is("span") || token.Is("table"))
            Block(token);
    }

    void Block(in HtmlScanner token)
    {
        var id = token.ValueOf("id");
        if (id.StartsWith("x_", StringComparison.Ordinal))
            id = id[2..];
        if (!id.IsEmpty && IsOneOf(id, OpenEndedIds))
            Open(token.Start, null);
        else if (HasClass(token.ValueOf("class"), ContainerClasses))
            Open(token.Start, token.Name.ToString());
        else if (token.ValueOf("class").Contains("moz-cite-prefix", StringComparison.OrdinalIgnoreCase))
            (prefix, prefixTexts) = (token.Start, 0);
        else if (token.ValueOf("style").Contains("border-top:", StringComparison.OrdinalIgnoreCase))
            border = token.Start;
    }

    bool IsCitation(in HtmlScanner token)
    {
        if (
            token.ValueOf("type").Equals("cite", StringComparison.OrdinalIgnoreCase)
            || token.ValueOf("class").Contains("gmail_quote", StringComparison.OrdinalIgnoreCase)
        )
            return true;
        // A blockquote right under "On ... wrote:" is a quote whatever its attributes say.
        return attribution;
    }

    void Text(in HtmlScanner token)
    {
        var text = token.Token.Trim();
        if (text.IsEmpty || text.Equals("&nbsp;", StringComparison.OrdinalIgnoreCase))
            return;
        if (text.Length > 2000)
            text = text[..2000];
        var words = (text.Contains('&') ? WebUtility.HtmlDecode(text.ToString()) : text).Trim(" \u00A0\t\r\n");
        if (QuoteWords.IsSeparator(words))
        {
            Open(token.Start, null);
            return;
        }
        if (prefix >= 0 && ++prefixTexts > HeaderBlockTexts)
            prefix = -1;
        attribution = QuoteWords.IsAttribution(words);
        if (attribution && prefix < 0)
            (prefix, prefixTexts) = (token.Start, HeaderBlockTexts);
        HeaderBlock(words, token.Start);
    }

    void HeaderBlock(ReadOnlySpan<char> words, int at)
    {
        if (QuoteWords.IsFrom(words))
        {
            header = border >= 0 ? border : at;
            headerTexts = 0;
        }
        else if (header >= 0)
        {
            headerTexts++;
            if (QuoteWords.IsSent(words))
                Open(header, null);
            else if (headerTexts > HeaderBlockTexts)
                header = -1;
        }
        border = -1;
    }

    void Open(int at, string? element)
    {
        // The line that introduces a quote, when it stands right before it, belongs to the quote.
        open = element is not null && prefix >= 0 ? prefix : at;
        container = element;
        depth = 1;
        header = -1;
        border = -1;
        prefix = -1;
        attribution = false;
    }

    static bool IsOneOf(ReadOnlySpan<char> value, string[] names)
    {
        foreach (var name in names)
        {
            if (value.Equals(name, StringComparison.OrdinalIgnoreCase))
                return true;
        }
        return false;
    }

    static bool HasClass(ReadOnlySpan<char> classes, string[] names)
    {
        foreach (var range in classes.Split(' '))
        {
            if (IsOneOf(classes[range], names))
                return true;
        }
        return false;
    }
}
