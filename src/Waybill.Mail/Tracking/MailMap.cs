using System.Net;
using System.Text;

namespace Waybill.Mail;

/// <summary>An href or an image's src: where its value stands (Start, Length, Quote) and the tag around it.</summary>
sealed record MailSite(int Start, int Length, char Quote, int TagStart, int TagEnd, bool IsImage, bool Marked)
{
    /// <summary>What the reader sees of a link, at most 200 characters.</summary>
    public string Text { get; set; } = "";
}

/// <summary>Where in a mail the links and images, the quotes and the end of the body are. One pass.</summary>
sealed class MailMap
{
    const int LongestText = 200;

    readonly StringBuilder text = new();
    readonly QuoteFinder quotes = new();
    IReadOnlyList<(int Start, int End)> regions = [];
    MailSite? open;
    int bodyEnd = -1;
    int htmlEnd = -1;
    int end;

    public List<MailSite> Sites { get; } = [];

    public List<MailSite> Links { get; } = [];

    /// <summary>Before the first quote, else before the body's end, else where text still is read as markup.</summary>
    public int PixelPlace
    {
        get
        {
            if (quotes.First >= 0)
                return quotes.First;
            if (bodyEnd >= 0)
                return bodyEnd;
            return htmlEnd >= 0 ? htmlEnd : end;
        }
    }

    public static MailMap Of(string html)
    {
        var map = new MailMap { end = html.Length };
        var scanner = new HtmlScanner(html);
        while (scanner.Next())
        {
            map.quotes.See(scanner);
            map.See(scanner);
        }
        map.CloseLink();
        if (scanner.OpenFrom >= 0)
            map.end = scanner.OpenFrom;
        map.regions = map.quotes.Regions(html.Length);
        return map;
    }

    public bool IsQuoted(int at)
    {
        var (low, high) = (0, regions.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (at < regions[middle].Start)
                high = middle - 1;
            else if (at >= regions[middle].End)
                low = middle + 1;
            else
                return true;
        }
        return false;
    }

    void See(in HtmlScanner token)
    {
        switch (token.Kind)
        {
            case HtmlTokenKind.StartTag:
                StartTag(token);
                break;
            case HtmlTokenKind.EndTag when token.Is("a"):
                CloseLink();
                break;
            case HtmlTokenKind.EndTag when token.Is("body"):
                bodyEnd = token.Start;
                break;
            case HtmlTokenKind.EndTag when token.Is("html"):
                htmlEnd = token.Start;
                break;
            case HtmlTokenKind.Text when open is not null && text.Length < LongestText:
                text.Append(PlainText.Cut(token.Token.ToString(), LongestText * 2));
                break;
        }
    }

    void StartTag(in HtmlScanner token)
    {
        if (token.Is("a"))
        {
            CloseLink();
            open = Add(token, "href", isImage: false);
        }
        else if (token.Is("area"))
        {
            if (Add(token, "href", isImage: false) is { } area)
                area.Text = Line(token.ValueOf("alt").ToString());
        }
        else if (token.Is("img"))
        {
            Add(token, "src", isImage: true);
            if (open is not null && text.Length < LongestText && !token.ValueOf("alt").IsEmpty)
                text.Append(' ').Append(PlainText.Cut(token.ValueOf("alt").ToString(), LongestText)).Append(' ');
        }
        else if (open is not null && text.Length < LongestText && (token.Is("br") || token.Is("p") || token.Is("div")))
            text.Append(' ');
    }

    MailSite? Add(in HtmlScanner token, string attribute, bool isImage)
    {
        if (!token.TryGet(attribute, out var found) || found.ValueStart < 0)
            return null;
        var marked =
            !isImage
            && (
                token.TryGet("data-notrack", out _)
                || token.ValueOf("data-waybill").Equals("no", StringComparison.OrdinalIgnoreCase)
            );
        var site = new MailSite(
            found.ValueStart,
            found.ValueLength,
            found.Quote,
            token.Start,
            token.End,
            isImage,
            marked
        );
        Sites.Add(site);
        if (!isImage)
            Links.Add(site);
        return site;
    }

    void CloseLink()
    {
        if (open is not null)
            open.Text = Line(text.ToString());
        open = null;
        text.Clear();
    }

    static string Line(string words) =>
        words.Length == 0 ? "" : PlainText.OneLine(WebUtility.HtmlDecode(words), LongestText);
}
