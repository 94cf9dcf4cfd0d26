using System.Text.RegularExpressions;
using AngleSharp;
using AngleSharp.Css.Parser;
using AngleSharp.Html.Parser;
using Ganss.Xss;

namespace Waybill.Mail;

/// <summary>What may stay of a stranger's mail. Everything not named here goes.</summary>
static partial class SafeHtmlRules
{
    /// <summary>Past this depth the parser goes on in breadth; the tree is walked recursively later.</summary>
    const int MaxDepth = 200;

    static readonly string[] Tags =
    [
        "a",
        "abbr",
        "acronym",
        "address",
        "article",
        "aside",
        "b",
        "bdi",
        "bdo",
        "big",
        "blockquote",
        "br",
        "caption",
        "center",
        "cite",
        "code",
        "col",
        "colgroup",
        "dd",
        "del",
        "details",
        "dfn",
        "dir",
        "div",
        "dl",
        "dt",
        "em",
        "figcaption",
        "figure",
        "font",
        "footer",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "i",
        "img",
        "ins",
        "kbd",
        "li",
        "main",
        "mark",
        "menu",
        "nav",
        "ol",
        "p",
        "pre",
        "q",
        "rp",
        "rt",
        "ruby",
        "s",
        "samp",
        "section",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "summary",
        "sup",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "time",
        "tr",
        "tt",
        "u",
        "ul",
        "var",
        "wbr",
    ];

    /// <summary>No id and no name: they would let a mail shadow names of the page around it.</summary>
    static readonly string[] Attributes =
    [
        "abbr",
        "align",
        "alt",
        "bgcolor",
        "border",
        "cellpadding",
        "cellspacing",
        "char",
        "clear",
        "color",
        "cols",
        "colspan",
        "datetime",
        "dir",
        "face",
        "headers",
        "height",
        "href",
        "hspace",
        "lang",
        "noshade",
        "nowrap",
        "open",
        "reversed",
        "rowspan",
        "rules",
        "scope",
        "size",
        "span",
        "src",
        "start",
        "style",
        "summary",
        "title",
        "type",
        "valign",
        "vspace",
        "width",
        "class",
    ];

    /// <summary>Properties that colour and space, none that places (position, z-index), loads (background-image, content) or moves.</summary>
    static readonly string[] Properties =
    [
        "background-color",
        "border",
        "border-bottom",
        "border-bottom-color",
        "border-bottom-style",
        "border-bottom-width",
        "border-collapse",
        "border-color",
        "border-left",
        "border-left-color",
        "border-left-style",
        "border-left-width",
        "border-radius",
        "border-right",
        "border-right-color",
        "border-right-style",
        "border-right-width",
        "border-spacing",
        "border-style",
        "border-top",
        "border-top-color",
        "border-top-style",
        "border-top-width",
        "border-width",
        "box-sizing",
        "clear",
        "color",
        "direction",
        "display",
        "float",
        "font",
        "font-family",
        "font-size",
        "font-style",
        "font-variant",
        "font-weight",
        "height",
        "letter-spacing",
        "line-height",
        "list-style-type",
        "margin",
        "margin-bottom",
        "margin-left",
        "margin-right",
        "margin-top",
        "max-height",
        "max-width",
        "min-height",
        "min-width",
        "overflow",
        "overflow-wrap",
        "padding",
        "padding-bottom",
        "padding-left",
        "padding-right",
        "padding-top",
        "table-layout",
        "text-align",
        "text-decoration",
        "text-decoration-color",
        "text-decoration-line",
        "text-decoration-style",
        "text-indent",
        "text-transform",
        "vertical-align",
        "visibility",
        "white-space",
        "width",
        "word-break",
        "word-spacing",
        "word-wrap",
    ];

    /// <summary>Gone with everything inside; of any other unknown element the content stays.</summary>
    public static readonly HashSet<string> DroppedWhole = new(StringComparer.OrdinalIgnoreCase)
    {
        "applet",
        "audio",
        "base",
        "canvas",
        "dialog",
        "embed",
        "frame",
        "frameset",
        "head",
        "iframe",
        "link",
        "math",
        "meta",
        "noembed",
        "noframes",
        "noscript",
        "object",
        "option",
        "optgroup",
        "param",
        "plaintext",
        "portal",
        "script",
        "select",
        "source",
        "style",
        "svg",
        "template",
        "textarea",
        "title",
        "track",
        "video",
        "xml",
        "xmp",
    };

    static readonly string[] Classes = ["MsoNormal", "MsoListParagraph", "MsoPlainText", "gmail_quote"];

    /// <summary>With CSS, and with what CSS does not know kept until the sanitizer has judged it.</summary>
    public static HtmlParser Parser() =>
        new(
            new HtmlParserOptions
            {
                IsScripting = false,
                MaximumDepth = MaxDepth,
                SkipComments = true,
            },
            BrowsingContext.New(
                Configuration.Default.WithCss(
                    new CssParserOptions { IsIncludingUnknownDeclarations = true, IsIncludingUnknownRules = true }
                )
            )
        );

    /// <summary>Set up once: sanitizing does not change it, and it may be used by several threads.</summary>
    public static HtmlSanitizer Sanitizer { get; } = MakeSanitizer();

    static HtmlSanitizer MakeSanitizer()
    {
        var sanitizer = new HtmlSanitizer(
            new HtmlSanitizerOptions
            {
                AllowedTags = new HashSet<string>(Tags, StringComparer.OrdinalIgnoreCase),
                AllowedAttributes = new HashSet<string>(Attributes, StringComparer.OrdinalIgnoreCase),
                AllowedCssProperties = new HashSet<string>(Properties, StringComparer.OrdinalIgnoreCase),
                AllowedClasses = new HashSet<string>(Classes, StringComparer.Ordinal),
                AllowedSchemes = new HashSet<string>(
                    ["http", "https", "mailto", "tel", "cid", "data"],
                    StringComparer.OrdinalIgnoreCase
                ),
                UriAttributes = new HashSet<string>(["href", "src"], StringComparer.OrdinalIgnoreCase),
            }
        )
        {
            KeepChildNodes = true,
            DisallowCssPropertyValue = ActiveCss(),
        };
        // No address in CSS at all, whatever its scheme.
        sanitizer.FilterUrl += (_, url) =>
        {
            if (!IsOwnAttribute(url))
                url.SanitizedUrl = null;
        };
        return sanitizer;
    }

    /// <summary>Values that load, compute or hide something; and every escape, as nothing a mail needs is written with one.</summary>
    [GeneratedRegex(
        @"[<>\\]|url|expression|var\s*\(|env\s*\(|attr\s*\(|image|javascript|import",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex ActiveCss();

    static bool IsOwnAttribute(FilterUrlEventArgs url) =>
        url.Tag.GetAttribute("href") == url.OriginalUrl || url.Tag.GetAttribute("src") == url.OriginalUrl;
}
