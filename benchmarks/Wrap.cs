using System.Diagnostics;
using System.Globalization;
using System.Text;
using AngleSharp.Html;
using AngleSharp.Html.Parser;
using Waybill.Mail;

namespace Waybill.Benchmarks;

/// <summary>Wrapping the links of a newsletter and putting in the pixel, beside parsing, changing and serialising it with AngleSharp.</summary>
static class Wrap
{
    const int Links = 42;
    const int Bytes = 20 * 1024;
    const string Pixel = "http://track.localhost/t/o/AQBkAHXoZb9nqYp2cX0b5w.gif";

    /// <summary>One line a round: AngleSharp's time over ours, our milliseconds, AngleSharp's milliseconds.</summary>
    public static void Run(int rounds)
    {
        var html = Newsletter();
        var wrapped = Ours(html);
        if (wrapped.Split(Prefix).Length - 1 != Links || Peer(html).Split(Prefix).Length - 1 != Links)
            throw new InvalidOperationException("One of the two did not wrap every link.");
        for (var warm = 0; warm < 3; warm++)
        {
            Milliseconds(html, Ours, 2000);
            Milliseconds(html, Peer, 500);
        }
        for (var round = 0; round < rounds; round++)
        {
            var (ours, peer) = (Milliseconds(html, Ours, 2000), Milliseconds(html, Peer, 500));
            Console.WriteLine(
                string.Create(CultureInfo.InvariantCulture, $"{peer / ours:0.00} {ours:0.000} {peer:0.000}")
            );
        }
    }

    const string Prefix = "http://track.localhost/t/c/AQBkAAB16GW_Z6mKdnF9G-c/";

    static string Click(string url) => Prefix + Convert.ToHexString(Encoding.ASCII.GetBytes(url));

    static readonly TrackedHtmlPlan Plan = new() { Wrap = link => Click(link.Url), PixelUrl = Pixel };

    static string Ours(string html) => TrackedHtml.Rewrite(html, Plan).Html;

    static readonly HtmlParser Parser = new();

    static string Peer(string html)
    {
        using var document = Parser.ParseDocument(html);
        foreach (var link in document.QuerySelectorAll("a[href]"))
            link.SetAttribute("href", Click(link.GetAttribute("href")!));
        var image = document.CreateElement("img");
        image.SetAttribute("src", Pixel);
        document.Body!.AppendChild(image);
        using var output = new StringWriter(new StringBuilder(html.Length * 2), CultureInfo.InvariantCulture);
        document.ToHtml(output, HtmlMarkupFormatter.Instance);
        return output.ToString();
    }

    static double Milliseconds(string html, Func<string, string> rewrite, int times)
    {
        GC.Collect();
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < times; i++)
            GC.KeepAlive(rewrite(html));
        return Stopwatch.GetElapsedTime(started).TotalMilliseconds / times;
    }

    static string Newsletter()
    {
        const string words =
            "Orders placed before Friday leave our warehouse the same week, and the new catalogue is ready to read. ";
        var html = new StringBuilder(
            "<!DOCTYPE html><html><head><meta charset=\"utf-8\"><title>News</title></head><body><table width=\"600\" cellpadding=\"0\" cellspacing=\"0\" role=\"presentation\">"
        );
        var perBlock = (Bytes - 300) / Links;
        for (var i = 0; i < Links; i++)
        {
            var start = html.Length;
            html.Append(
                CultureInfo.InvariantCulture,
                $"<tr><td style=\"padding:12px 24px;font-family:Segoe UI,Arial,sans-serif;font-size:14px;color:#333\"><p class=\"MsoNormal\">"
            );
            var link =
                $"<a href=\"https://shop.example.com/catalogue/item-{i}?ref=news&amp;week=47\" style=\"color:#0b57d0\"><b>Read on, no. {i}</b></a></p></td></tr>";
            while (html.Length - start + link.Length < perBlock)
                html.Append(words, 0, Math.Min(words.Length, perBlock - link.Length - (html.Length - start)));
            html.Append(link);
        }
        return html.Append("</table></body></html>").ToString();
    }
}
