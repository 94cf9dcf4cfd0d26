using System.Text;

namespace Waybill.Mail;

/// <summary>
/// Puts tracking into a mail someone wrote, and changes nothing else: not one byte outside the href values it replaces and the pixel.
/// Re-serialising through a parser would lose Outlook's conditional comments, VML and odd quoting. Linear in the size of the mail.
/// </summary>
public static class TrackedHtml
{
    const int LongestUrl = 4096;

    /// <summary>Every link of the mail in order. Outcome is Wrapped for those a plan would be asked about.</summary>
    public static IReadOnlyList<TrackedLink> FindLinks(string html, Func<string, OwnUrl?>? own = null) =>
        Rewrite(html, new TrackedHtmlPlan { Own = own ?? (_ => null), Wrap = link => link.Url }).Links;

    public static TrackedHtmlResult Rewrite(string html, TrackedHtmlPlan plan)
    {
        var map = MailMap.Of(html);
        var output = new StringBuilder(html.Length + (map.Links.Count * 80) + 200);
        var links = new List<TrackedLink>(map.Links.Count);
        var pixelAt = plan.PixelUrl is null ? int.MaxValue : map.PixelPlace;
        var (written, pixels, unwrapped) = (0, 0, 0);
        foreach (var site in map.Sites)
        {
            if (site.Start >= pixelAt)
                InsertPixel();
            if (site.IsImage)
                Image(site);
            else
                Link(site);
        }
        if (pixelAt != int.MaxValue)
            InsertPixel();
        CopyTo(html.Length);
        return new(output.ToString(), links, pixels, unwrapped, plan.PixelUrl is not null);

        void CopyTo(int end)
        {
            output.Append(html, written, end - written);
            written = end;
        }

        void InsertPixel()
        {
            CopyTo(pixelAt);
            output
                .Append("<img src=\"")
                .Append(HtmlReferences.Encode(plan.PixelUrl!, '"'))
                .Append("\" width=\"1\" height=\"1\" alt=\"\" style=\"border:0;width:1px;height:1px\">");
            pixelAt = int.MaxValue;
        }

        void Image(MailSite site)
        {
            if (plan.Own(Address(html, site)) is not { IsPixel: true })
                return;
            CopyTo(site.TagStart);
            written = site.TagEnd;
            pixels++;
        }

        void Link(MailSite site)
        {
            var given = Address(html, site);
            var url = given;
            var own = plan.Own(given);
            if (own is { Target: { } target })
            {
                url = target;
                unwrapped++;
            }
            var link = new FoundLink(links.Count, url, site.Text);
            var outcome = Judge(url, site.Marked, map.IsQuoted(site.Start));
            string? wrapped = null;
            if (outcome == LinkOutcome.Wrapped && (wrapped = plan.Wrap(link)) is null)
                outcome = LinkOutcome.Declined;
            links.Add(new(link.Index, url, link.Text, outcome));
            if ((wrapped ?? (ReferenceEquals(url, given) ? null : url)) is not { } value || value == given)
                return;
            CopyTo(site.Start);
            var quote = site.Quote == '\0' ? "\"" : "";
            output.Append(quote).Append(HtmlReferences.Encode(value, site.Quote)).Append(quote);
            written = site.Start + site.Length;
        }
    }

    static LinkOutcome Judge(string url, bool marked, bool quoted)
    {
        if (url.Length == 0 || url[0] == '#')
            return LinkOutcome.Anchor;
        if (Scheme(url) is not { } scheme)
            return LinkOutcome.Relative;
        if (
            !scheme.Equals("http", StringComparison.OrdinalIgnoreCase)
            && !scheme.Equals("https", StringComparison.OrdinalIgnoreCase)
        )
            return LinkOutcome.NotWeb;
        if (quoted)
            return LinkOutcome.Quoted;
        if (marked)
            return LinkOutcome.Marked;
        if (url.Length > LongestUrl || !Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Host.Length == 0)
            return LinkOutcome.Malformed;
        return OneTimeLinks.Matches(url) ? LinkOutcome.OneTime : LinkOutcome.Wrapped;
    }

    /// <summary>RFC 3986 section 3.1; null when there is none.</summary>
    static string? Scheme(string url)
    {
        var colon = url.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0 || !char.IsAsciiLetter(url[0]))
            return null;
        foreach (var c in url.AsSpan(0, colon))
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('+' or '-' or '.'))
                return null;
        }
        return url[..colon];
    }

    /// <summary>As a browser reads it: entities decoded, outer white space and inner tabs and line breaks taken out (WHATWG URL, 4.4).</summary>
    static string Address(string html, MailSite site)
    {
        var decoded = HtmlReferences.Decode(html.AsSpan(site.Start, site.Length)).Trim();
        return decoded.AsSpan().IndexOfAny('\t', '\r', '\n') < 0
            ? decoded
            : string.Concat(decoded.Where(c => c is not ('\t' or '\r' or '\n')));
    }
}
