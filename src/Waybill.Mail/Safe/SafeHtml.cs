using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;

namespace Waybill.Mail;

/// <summary>
/// Makes a stranger's HTML safe to show: no script, form, event, frame, plug-in, stylesheet, or address other than links and pictures.
/// The fragment has no element whose content parses differently the second time (style, svg, math, noscript, template), which is what
/// mutation attacks need.
/// </summary>
public static class SafeHtml
{
    /// <summary>For the frame's own style element: what Outlook's stylesheet said of the classes that are kept.</summary>
    public const string FrameStyles =
        "p.MsoNormal,p.MsoListParagraph,p.MsoPlainText{margin:0}img{max-width:100%}img[data-remote-src]{outline:1px dashed #bbb}";

    static readonly string[] InlinePictures =
    [
        "data:image/png;base64,",
        "data:image/gif;base64,",
        "data:image/jpeg;base64,",
        "data:image/webp;base64,",
    ];

    public static SafeHtmlResult Clean(string html, SafeHtmlOptions? options = null)
    {
        options ??= new SafeHtmlOptions();
        if (html.Length > options.MaxLength || HtmlWeight.IsTooHeavy(html))
            return TextOnly(html, options.MaxLength);
        using var document = SafeHtmlRules.Parser().ParseDocument(html);
        if (document.Body is not { } body)
            return new("", 0, 0, 0, TextOnly: false);
        foreach (var element in body.QuerySelectorAll("*").Where(IsDroppedWhole).ToList())
            element.Remove();
        SafeHtmlRules.Sanitizer.SanitizeDom((IHtmlDocument)document, body);
        var (blocked, pixels, unwrapped) = (0, 0, 0);
        foreach (var image in body.QuerySelectorAll("img").ToList())
            Image(image, options, ref blocked, ref pixels);
        foreach (var link in body.QuerySelectorAll("[href]").ToList())
            Link(link, options, ref unwrapped);
        return new(body.InnerHtml, blocked, pixels, unwrapped, TextOnly: false);
    }

    static bool IsDroppedWhole(IElement element) =>
        element.NamespaceUri != NamespaceNames.HtmlUri || SafeHtmlRules.DroppedWhole.Contains(element.LocalName);

    static void Image(IElement image, SafeHtmlOptions options, ref int blocked, ref int pixels)
    {
        var source = image.GetAttribute("src")?.Trim() ?? "";
        image.RemoveAttribute("src");
        if (options.Own(source) is { IsPixel: true })
        {
            image.Remove();
            pixels++;
        }
        else if (source.StartsWith("cid:", StringComparison.OrdinalIgnoreCase))
        {
            if (options.ResolveCid(Uri.UnescapeDataString(source[4..]).Trim('<', '>')) is { } found)
                image.SetAttribute("src", found);
        }
        else if (InlinePictures.Any(start => source.StartsWith(start, StringComparison.OrdinalIgnoreCase)))
            image.SetAttribute("src", source);
        else if (IsWeb(source))
        {
            image.SetAttribute(options.ShowRemoteImages ? "src" : "data-remote-src", source);
            if (options.ShowRemoteImages)
                image.SetAttribute("referrerpolicy", "no-referrer");
            else
                blocked++;
        }
    }

    static void Link(IElement link, SafeHtmlOptions options, ref int unwrapped)
    {
        var address = link.GetAttribute("href")?.Trim() ?? "";
        link.RemoveAttribute("href");
        if (options.Own(address) is { } own)
        {
            address = own.Target ?? "";
            unwrapped += own.IsPixel ? 0 : 1;
        }
        if (link.LocalName != "a" || !IsLink(address))
            return;
        link.SetAttribute("href", address);
        link.SetAttribute("rel", "noopener noreferrer");
        link.SetAttribute("target", "_blank");
    }

    static bool IsWeb(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
        && StartsWithScheme(address, uri.Scheme);

    static bool IsLink(string address) =>
        IsWeb(address) || StartsWithScheme(address, "mailto") || StartsWithScheme(address, "tel");

    static bool StartsWithScheme(string address, string scheme) =>
        address.Length > scheme.Length + 1
        && address[scheme.Length] == ':'
        && address.StartsWith(scheme, StringComparison.OrdinalIgnoreCase);

    static SafeHtmlResult TextOnly(string html, int limit) =>
        new(
            $"<pre style=\"white-space:pre-wrap\">{WebUtility.HtmlEncode(PlainText.FromHtml(html, limit))}</pre>",
            0,
            0,
            0,
            TextOnly: true
        );
}
