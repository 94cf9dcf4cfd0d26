using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Waybill.Mail;

namespace Waybill.Server.Logging;

/// <summary>What a body is shown with.</summary>
public sealed record MailBodyOptions
{
    /// <summary>Recognises our own pixels and links, of this mail and of those it quotes.</summary>
    public required Func<string, OwnUrl?> Own { get; init; }

    /// <summary>The picture with this Content-ID as an address, or null.</summary>
    public Func<string, string?> Cid { get; init; } = _ => null;

    /// <summary>Load pictures from other people's servers.</summary>
    public bool Pictures { get; init; }

    /// <summary>The name of the button that unfolds what the mail quotes.</summary>
    public string QuoteLabel { get; init; } = "Show quoted text";

    /// <summary>Shown under a text that was too long to show whole.</summary>
    public string CutLabel { get; init; } = "The rest is left out.";
}

/// <param name="Page">A whole document for a frame without script.</param>
/// <param name="PicturesOff">How many pictures of other servers were not loaded.</param>
/// <param name="Height">An estimate in CSS pixels of what it takes to show it, the quoted part folded.</param>
public sealed record RenderedBody(string Page, int PicturesOff, int Height);

/// <summary>Turns the body of a mail, which a stranger wrote, into a page that shows it and does nothing.</summary>
public static partial class MailBody
{
    const int LongestText = 500_000;
    const int LongestLink = 2_000;
    const int Highest = 520;

    // White paper whatever the theme: mails set dark text and trust the page below to be white.
    const string Style = """
        html{color-scheme:light;background:#fff}
        body{margin:0;padding:8px 12px;color:#242424;font:14px/20px "Segoe UI",system-ui,sans-serif;overflow-wrap:anywhere}
        a{color:#115ea3}blockquote{margin:0 0 0 4px;padding-left:12px;border-left:2px solid #e0e0e0}
        body>div>p:first-child,body>div>div:first-child>p:first-child{margin-top:0}
        table{max-width:100%}pre{white-space:pre-wrap;font:inherit;margin:0}
        details{margin-top:8px}summary{display:inline-block;list-style:none;cursor:pointer;padding:0 8px;border-radius:4px;background:#ebebeb;color:#616161;line-height:16px}
        summary::-webkit-details-marker{display:none}details>div{margin-top:8px}
        .left-out{color:#616161;font-size:12px}
        """;

    public static RenderedBody Render(LoggedEmail email, MailBodyOptions options)
    {
        ArgumentNullException.ThrowIfNull(email);
        ArgumentNullException.ThrowIfNull(options);
        return string.IsNullOrWhiteSpace(email.Html) ? OfText(email.Text ?? "", options) : OfHtml(email.Html, options);
    }

    static RenderedBody OfHtml(string html, MailBodyOptions options)
    {
        var safe = new SafeHtmlOptions
        {
            Own = options.Own,
            ResolveCid = options.Cid,
            ShowRemoteImages = options.Pictures,
        };
        var split = QuotedText.SplitHtml(html);
        var fresh = SafeHtml.Clean(split.New, safe);
        // A mail that only quotes (a forward) is shown open: folded, there would be nothing to read.
        if (PlainText.FromHtml(fresh.Html, 200).Trim().Length == 0 || string.IsNullOrWhiteSpace(split.Quoted))
        {
            fresh = SafeHtml.Clean(html, safe);
            return Document(fresh.Html, null, fresh.RemoteImagesBlocked, options);
        }
        var quoted = SafeHtml.Clean(split.Quoted, safe);
        return Document(fresh.Html, quoted.Html, fresh.RemoteImagesBlocked + quoted.RemoteImagesBlocked, options);
    }

    static RenderedBody OfText(string text, MailBodyOptions options)
    {
        var cut = text.Length > LongestText;
        if (cut)
            text = text[..LongestText];
        var split = QuotedText.SplitText(text);
        var fresh = string.IsNullOrWhiteSpace(split.New) ? text : split.New;
        var quoted =
            string.IsNullOrWhiteSpace(split.New) || string.IsNullOrWhiteSpace(split.Quoted) ? null : split.Quoted;
        var note = cut ? $"<p class=\"left-out\">{WebUtility.HtmlEncode(options.CutLabel)}</p>" : "";
        return Document(
            Linked(fresh, options.Own) + (quoted is null ? note : ""),
            quoted is null ? null : Linked(quoted, options.Own) + note,
            0,
            options
        );
    }

    static RenderedBody Document(string fresh, string? quoted, int picturesOff, MailBodyOptions options)
    {
        var page = new StringBuilder(fresh.Length + (quoted?.Length ?? 0) + 1500);
        page.Append("<!doctype html><html><head><meta charset=\"utf-8\"><title>Mail</title><style>")
            .Append(Style)
            .Append(SafeHtml.FrameStyles)
            .Append("</style></head><body><div>")
            .Append(fresh)
            .Append("</div>");
        if (quoted is not null)
            page.Append("<details><summary title=\"")
                .Append(WebUtility.HtmlEncode(options.QuoteLabel))
                .Append("\" aria-label=\"")
                .Append(WebUtility.HtmlEncode(options.QuoteLabel))
                .Append("\">•••</summary><div>")
                .Append(quoted)
                .Append("</div></details>");
        page.Append("</body></html>");
        return new RenderedBody(page.ToString(), picturesOff, Estimate(fresh, quoted is not null));
    }

    /// <summary>The frame has no script that could measure it: lines of 72 characters, paragraphs, and the heights pictures ask for.</summary>
    static int Estimate(string html, bool quoted)
    {
        const int enough = 8_000;
        var lines = 0;
        foreach (var line in PlainText.FromHtml(html, enough).EnumerateLines())
            lines += 1 + (line.Length / 72);
        var pictures = 0;
        foreach (var picture in Picture().EnumerateMatches(html))
            if ((pictures += HeightOf(html.AsSpan(picture.Index, picture.Length))) > Highest)
                break;
        var paragraphs = Paragraph().Count(html.Length > enough ? html[..enough] : html);
        return Math.Clamp((lines * 20) + (paragraphs * 14) + pictures + (quoted ? 32 : 0) + 36, 72, Highest);
    }

    static int HeightOf(ReadOnlySpan<char> picture)
    {
        const int unsaid = 40;
        var at = picture.IndexOf(" height=\"");
        if (at < 0)
            return unsaid;
        var value = picture[(at + 9)..];
        var end = value.IndexOf('"');
        return end > 0 && int.TryParse(value[..end], NumberStyles.None, CultureInfo.InvariantCulture, out var height)
            ? Math.Min(height, 400)
            : unsaid;
    }

    [GeneratedRegex("<img [^>]*>")]
    private static partial Regex Picture();

    [GeneratedRegex("<(p|h[1-6]|ul|ol)[ >]")]
    private static partial Regex Paragraph();

    /// <summary>Plain text as it was typed, its addresses as links; ours lead, and read, as the sender's link did.</summary>
    static string Linked(string text, Func<string, OwnUrl?> own)
    {
        var html = new StringBuilder(text.Length + 200).Append("<pre>");
        var at = 0;
        foreach (var found in WebAddress().EnumerateMatches(text))
        {
            var url = text.AsSpan(found.Index, found.Length).TrimEnd(".,;:!?'\"»”)]").ToString();
            if (url.Length > LongestLink || !Uri.TryCreate(url, UriKind.Absolute, out _))
                continue;
            var target = own(url) is { } ours ? ours.Target ?? "" : url;
            html.Append(WebUtility.HtmlEncode(text[at..found.Index]));
            if (target.Length > 0)
            {
                var shown = WebUtility.HtmlEncode(target);
                html.Append("<a href=\"").Append(shown);
                html.Append("\" target=\"_blank\" rel=\"noopener noreferrer\">").Append(shown).Append("</a>");
            }
            at = found.Index + url.Length;
        }
        return html.Append(WebUtility.HtmlEncode(text[at..])).Append("</pre>").ToString();
    }

    [GeneratedRegex(@"https?://[^\s<>""]+", RegexOptions.IgnoreCase)]
    private static partial Regex WebAddress();
}
