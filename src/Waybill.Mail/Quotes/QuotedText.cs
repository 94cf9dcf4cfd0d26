using System.Text;

namespace Waybill.Mail;

/// <summary>A mail's own words and what it quotes. Nothing is lost: together they have every character of the original.</summary>
public sealed record QuoteSplit(string New, string Quoted);

/// <summary>Separates what was written now from the conversation below it.</summary>
public static class QuotedText
{
    /// <summary>
    /// Cuts HTML at the marks of Outlook, Gmail, Apple Mail, Thunderbird and others. Both halves are slices of the original and may
    /// have unmatched tags: put them through <see cref="SafeHtml"/> before showing them.
    /// </summary>
    public static QuoteSplit SplitHtml(string html)
    {
        var finder = new QuoteFinder();
        var scanner = new HtmlScanner(html);
        while (scanner.Next())
            finder.See(scanner);
        var fresh = new StringBuilder();
        var quoted = new StringBuilder();
        var at = 0;
        foreach (var (start, end) in finder.Regions(html.Length))
        {
            fresh.Append(html, at, start - at);
            quoted.Append(html, start, end - start);
            at = end;
        }
        fresh.Append(html, at, html.Length - at);
        return new(fresh.ToString(), quoted.ToString());
    }

    /// <summary>Cuts plain text at ">" lines, "On ... wrote:", "-----Original Message-----" and header blocks.</summary>
    public static QuoteSplit SplitText(string text) => PlainQuotes.Split(text);
}
