using System.Globalization;
using System.Net;

namespace Waybill.Server.Notices;

/// <summary>What a notice says, already in the recipient's language: paragraphs, one link to follow, and small print.</summary>
public sealed record Letter(
    string Subject,
    IReadOnlyList<string> Paragraphs,
    string LinkText,
    string Link,
    string SmallPrint
)
{
    /// <summary>Says something in a language other than that of who is asking.</summary>
    public static Letter In(string language, Func<Letter> write)
    {
        var before = CultureInfo.CurrentUICulture;
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(language);
        try
        {
            return write();
        }
        finally
        {
            CultureInfo.CurrentUICulture = before;
        }
    }

    public string Text => string.Join("\n\n", [.. Paragraphs, $"{LinkText}:\n{Link}", "-- \n" + SmallPrint]) + "\n";

    /// <summary>Without pictures or styles from elsewhere, so that every mail client shows it as it is.</summary>
    public string Html =>
        "<!doctype html><html><body style=\"margin:0;padding:24px;font:16px/1.5 Segoe UI,Arial,sans-serif;color:#242424;background:#fff\">"
        + "<div style=\"max-width:560px\">"
        + string.Concat(Paragraphs.Select(p => $"<p>{Encode(p)}</p>"))
        + $"<p style=\"margin:24px 0\"><a href=\"{Encode(Link)}\" style=\"display:inline-block;padding:10px 20px;border-radius:4px;"
        + $"background:#0f6cbd;color:#fff;text-decoration:none\">{Encode(LinkText)}</a></p>"
        + $"<p style=\"font-size:13px;color:#616161;overflow-wrap:anywhere\">{Encode(Link)}</p>"
        + $"<p style=\"font-size:13px;color:#616161\">{Encode(SmallPrint)}</p></div></body></html>";

    static string Encode(string text) => WebUtility.HtmlEncode(text);
}
