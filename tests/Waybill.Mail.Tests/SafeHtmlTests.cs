using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using CsCheck;

namespace Waybill.Mail.Tests;

public sealed class SafeHtmlTests
{
    static readonly string[] Harmless =
    [
        "href",
        "src",
        "data-remote-src",
        "rel",
        "target",
        "referrerpolicy",
        "style",
        "class",
        "title",
        "alt",
        "width",
        "height",
        "align",
        "dir",
        "lang",
        "border",
        "bgcolor",
        "color",
        "face",
        "size",
        "cellpadding",
        "cellspacing",
        "colspan",
        "rowspan",
        "type",
        "start",
        "open",
        "span",
        "valign",
        "summary",
        "headers",
        "abbr",
        "scope",
    ];

    static readonly string[] Active = ["form", "input", "button", "area", "marquee", "picture", "isindex"];

    /// <summary>Classes of the OWASP cheat sheet and of published mutation attacks.</summary>
    public static TheoryData<string> Attacks =>
        [
            "<script>alert(1)</script>",
            "<SCRIPT SRC=https://evil.test/x.js></SCRIPT>",
            "<scr<script>ipt>alert(1)</scr</script>ipt>",
            "<img src=x onerror=alert(1)>",
            "<img src=\"javascript:alert(1)\">",
            "<img/src='x'/onerror=alert(1)>",
            "<img \"\"\"><script>alert(1)</script>\">",
            "<body onload=alert(1)><p>x",
            "<a href=\"javascript:alert(1)\">x</a>",
            "<a href=\"jAvAsCrIpT:alert(1)\">x</a>",
            "<a href=\"java\tscript:alert(1)\">x</a>",
            "<a href=\"java&#x0A;script:alert(1)\">x</a>",
            "<a href=\" &#14; javascript:alert(1)\">x</a>",
            "<a href=\"&#106&#97&#118&#97&#115&#99&#114&#105&#112&#116&#58alert(1)\">x</a>",
            "<a href=\"vbscript:msgbox(1)\">x</a>",
            "<a href=\"data:text/html;base64,PHNjcmlwdD4=\">x</a>",
            "<a href=\"file:///etc/passwd\">x</a>",
            "<a href=\"//evil.test\">x</a>",
            "<a href=\"https://x.test\" onclick=alert(1) style=\"x:expression(alert(1))\">x</a>",
            "<area href=\"javascript:alert(1)\">",
            "<iframe src=\"javascript:alert(1)\"></iframe>",
            "<iframe srcdoc=\"<script>alert(1)</script>\"></iframe>",
            "<frameset><frame src=\"javascript:alert(1)\"></frameset>",
            "<object data=\"https://evil.test\"></object><embed src=\"https://evil.test\"><applet code=x></applet>",
            "<form action=\"https://evil.test\"><input name=q><button formaction=\"javascript:alert(1)\">b</button></form>",
            "<isindex type=image src=1 onerror=alert(1)>",
            "<input type=image src=javascript:alert(1)>",
            "<meta http-equiv=refresh content=\"0;url=javascript:alert(1)\">",
            "<base href=\"javascript:alert(1)//\"><a href=x>x</a>",
            "<link rel=stylesheet href=\"https://evil.test/x.css\">",
            "<style>@import 'https://evil.test/x.css';</style><p>x",
            "<style>p{background:url(https://evil.test/x)}</style><p>x",
            "<div style=\"background:url(https://evil.test/x.png)\">x</div>",
            "<div style=\"background-image:url('javascript:alert(1)')\">x</div>",
            "<div style=\"background:u\\72l(https://evil.test)\">x</div>",
            "<div style=\"list-style:url(https://evil.test)\">x</div>",
            "<div style=\"content:url(https://evil.test);cursor:url(https://evil.test),auto\">x</div>",
            "<div style=\"position:fixed;top:0;left:0;z-index:99999;width:100%\">x</div>",
            "<div style=\"position:absolute;behavior:url(x.htc);-moz-binding:url(x)\">x</div>",
            "<div style=\"width:expression(alert(1))\">x</div>",
            "<div style=\"color:red;--x:url(https://evil.test);background-color:var(--x)\">x</div>",
            "<div style=\"background-image:image-set('https://evil.test/x.png' 1x)\">x</div>",
            "<table background=\"https://evil.test/x\"><td background=\"javascript:alert(1)\">x</table>",
            "<video src=x poster=\"https://evil.test\" onerror=alert(1)></video><audio src=x></audio>",
            "<img srcset=\"https://evil.test/x 1x\"><picture><source srcset=\"https://evil.test/y\"></picture>",
            "<img src=\"https://evil.test/x\" lowsrc=\"https://evil.test/y\" dynsrc=\"https://evil.test/z\">",
            "<svg onload=alert(1)><script>alert(1)</script></svg>",
            "<svg><a xlink:href=\"javascript:alert(1)\"><text>x</text></a></svg>",
            "<svg><style><img src=x onerror=alert(1)></style></svg>",
            "<svg></p><style><a id=\"</style><img src=1 onerror=alert(1)>\">",
            "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
            "<math><mi><mglyph><svg><mtext><style><path id=\"</style><img onerror=alert(1) src>\">",
            "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
            "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
            "<template><script>alert(1)</script><img src=x onerror=alert(1)></template>",
            "<div><template shadowrootmode=open><style>@import 'x'</style></template></div>",
            "<textarea><p title=\"</textarea><img src=x onerror=alert(1)>\"></textarea>",
            "<title><p title=\"</title><img src=x onerror=alert(1)>\">",
            "<xmp><p title=\"</xmp><img src=x onerror=alert(1)>\"></xmp>",
            "<noembed><p title=\"</noembed><img src=x onerror=alert(1)>\"></noembed>",
            "<plaintext><img src=x onerror=alert(1)>",
            "<select><template><style><!--</style><a rel=\"--></style></template></select><img src=x onerror=alert(1)>\">",
            "<!--[if gte IE 4]><script>alert(1)</script><![endif]-->",
            "<!--><img src=x onerror=alert(1)>-->",
            "<![CDATA[<img src=x onerror=alert(1)>]]>",
            "<?xml version=\"1.0\"?><?import namespace=\"t\"><t:set onbegin=alert(1)>",
            "<xml id=x><a><b>&lt;script&gt;</b></a></xml><span datasrc=#x datafld=b dataformatas=html></span>",
            "<p id=location name=cookie>x</p><img name=body>",
            "<a href=\"https://x.test\" target=_self rel=opener ping=\"https://evil.test\">x</a>",
            "<img src=\"data:image/svg+xml;base64,PHN2Zz4=\"><img src=\"data:text/html,x\">",
            "<p contenteditable autofocus tabindex=1 onfocus=alert(1) accesskey=x>x</p>",
            "<dialog open>x</dialog><details open ontoggle=alert(1)>x</details>",
            "<marquee onstart=alert(1)>x</marquee><blink>x</blink>",
            "<div popover id=a>x</div><button popovertarget=a>b</button>",
            "<a href=\"https://x.test/\u0000javascript:alert(1)\">x</a>",
            "<<img src=x onerror=alert(1)//<p",
            "<p title='\"><img src=x onerror=alert(1)>'>x</p>",
            "<p title=\"`><img src=x onerror=alert(1)>\">x</p>",
        ];

    [Theory]
    [MemberData(nameof(Attacks))]
    public void An_attack_leaves_nothing_that_acts(string html)
    {
        AssertHarmless(SafeHtml.Clean(html).Html);
        AssertHarmless(SafeHtml.Clean(html, new() { ShowRemoteImages = true, ResolveCid = id => "/files/" + id }).Html);
    }

    [Fact]
    public void Mixed_attacks_leave_nothing_that_acts() =>
        Gen.OneOf([.. Attacks.Select(row => Gen.Const(row.Data))])
            .Array[1, 4]
            .SelectMany(parts =>
                Gen.Int[0, string.Concat(parts).Length]
                    .Select(cut => string.Concat(parts)[cut..] + string.Concat(parts)[..cut])
            )
            .Sample(html => AssertHarmless(SafeHtml.Clean(html).Html), iter: 300);

    /// <summary>What a browser makes of the fragment, with scripting on and off, has only known elements, attributes and schemes.</summary>
    static void AssertHarmless(string html)
    {
        foreach (var scripting in new[] { false, true })
        {
            var document = new HtmlParser(new HtmlParserOptions { IsScripting = scripting }).ParseDocument(
                "<body>" + html
            );
            foreach (var element in document.Body!.QuerySelectorAll("*"))
            {
                Assert.DoesNotContain(element.LocalName, (IReadOnlySet<string>)SafeHtmlRules.DroppedWhole);
                Assert.DoesNotContain(element.LocalName, Active);
                Assert.Equal(NamespaceNames.HtmlUri, element.NamespaceUri);
                foreach (var attribute in element.Attributes)
                    AssertHarmless(element, attribute);
            }
            Assert.Equal(html, document.Body.InnerHtml);
        }
    }

    static void AssertHarmless(IElement element, IAttr attribute)
    {
        Assert.Contains(attribute.Name, Harmless);
        if (attribute.Name == "href")
        {
            Assert.Matches("^(https?|mailto|tel):", attribute.Value);
            Assert.Equal("noopener noreferrer", element.GetAttribute("rel"));
            Assert.Equal("_blank", element.GetAttribute("target"));
        }
        if (attribute.Name == "src")
            Assert.Matches("^(https?://|/files/|data:image/(png|gif|jpeg|webp);base64,)", attribute.Value);
        if (attribute.Name == "style")
        {
            Assert.DoesNotMatch("(?i)url|expression|import|image-set|javascript|\\\\|var\\(", attribute.Value);
            Assert.DoesNotMatch("(?i)(^|;)\\s*(position|z-index|behavior|content|cursor|--)", attribute.Value);
        }
    }

    [Theory]
    [InlineData("<p>Hi <b>Anna</b><o:p></o:p></p>", "<p>Hi <b>Anna</b></p>")]
    [InlineData("<html><head><title>t</title></head><body>x</body></html>", "x")]
    [InlineData("<form><p>kept</p></form>", "<p>kept</p>")]
    [InlineData("<p class=\"MsoNormal other\">x</p>", "<p class=\"MsoNormal\">x</p>")]
    [InlineData("a &lt;b&gt; &amp; c", "a &lt;b&gt; &amp; c")]
    [InlineData("<p dir=rtl>שלום</p>", "<p dir=\"rtl\">שלום</p>")]
    [InlineData("<p style=\"color:#ff0000;position:fixed\">x</p>", "<p style=\"color: rgba(255, 0, 0, 1)\">x</p>")]
    [InlineData(
        "<a href=\"mailto:a@x.test\">m</a>",
        "<a href=\"mailto:a@x.test\" rel=\"noopener noreferrer\" target=\"_blank\">m</a>"
    )]
    [InlineData("", "")]
    public void Ordinary_mail_keeps_its_look(string html, string safe) => Assert.Equal(safe, SafeHtml.Clean(html).Html);

    [Fact]
    public void Remote_images_wait_for_leave()
    {
        const string html =
            "<img src=\"https://x.test/a.png?b&amp;c\" alt=\"A\"><img src=\"http://x.test/b.png\"><img src=\"cid:q\">";
        var blocked = SafeHtml.Clean(html);
        Assert.Equal(2, blocked.RemoteImagesBlocked);
        Assert.DoesNotContain(" src=", blocked.Html, StringComparison.Ordinal);
        Assert.Contains("data-remote-src=\"https://x.test/a.png?b&amp;c\"", blocked.Html, StringComparison.Ordinal);
        var shown = SafeHtml.Clean(html, new() { ShowRemoteImages = true });
        Assert.Equal(0, shown.RemoteImagesBlocked);
        Assert.Contains(" src=\"https://x.test/a.png?b&amp;c\"", shown.Html, StringComparison.Ordinal);
    }

    [Fact]
    public void Pictures_in_the_mail_are_shown_from_where_the_caller_says()
    {
        var asked = new List<string>();
        var safe = SafeHtml.Clean(
            "<img src=\"cid:logo%40x.test\"><img src=\"CID:none\">",
            new()
            {
                ResolveCid = id =>
                {
                    asked.Add(id);
                    return id == "logo@x.test" ? "/files/1\"><script>" : null;
                },
            }
        );
        Assert.Equal(["logo@x.test", "none"], asked);
        Assert.Equal(
            "<img src=\"/files/1&quot;&gt;&lt;script&gt;\"><img>",
            safe.Html.Replace("\"><script>", "&quot;&gt;&lt;script&gt;", StringComparison.Ordinal)
        );
        Assert.Equal(0, safe.RemoteImagesBlocked);
    }

    [Fact]
    public void Our_own_tracking_never_fires_on_ourselves()
    {
        var safe = SafeHtml.Clean(
            "<img src=\"https://t.test/o\"><a href=\"https://t.test/c\">x</a><a href=\"https://t.test/bad\">y</a>",
            new()
            {
                ShowRemoteImages = true,
                Own = url =>
                    url switch
                    {
                        "https://t.test/o" => OwnUrl.Pixel,
                        "https://t.test/c" => OwnUrl.Click("https://x.test"),
                        "https://t.test/bad" => OwnUrl.Click("javascript:alert(1)"),
                        _ => null,
                    },
            }
        );
        Assert.Equal((1, 2), (safe.OwnPixelsRemoved, safe.OwnLinksUnwrapped));
        Assert.Equal(
            "<a href=\"https://x.test\" rel=\"noopener noreferrer\" target=\"_blank\">x</a><a>y</a>",
            safe.Html
        );
    }

    [Theory]
    [InlineData("<div>")]
    [InlineData("<b>")]
    [InlineData("<font size=1>")]
    [InlineData("<table><tr><td>")]
    [InlineData("<blockquote>")]
    [InlineData("<svg><math>")]
    [InlineData("<a href=x><p>")]
    [InlineData("</p>")]
    [InlineData("<p>")]
    [InlineData("<li>")]
    [InlineData("<select>")]
    [InlineData("<br>")]
    [InlineData("<x y=z>")]
    [InlineData("<")]
    public void A_nesting_bomb_is_shown_or_told_as_text(string unit)
    {
        var safe = SafeHtml.Clean("start" + string.Concat(Enumerable.Repeat(unit, 60_000)) + " end");
        Assert.Contains("start", safe.Html, StringComparison.Ordinal);
        Assert.Contains("end", safe.Html, StringComparison.Ordinal);
    }

    [Fact]
    public void Unclosed_formatting_does_not_multiply()
    {
        var bomb =
            string.Concat(Enumerable.Range(0, 5000).Select(i => $"<font color={i}>"))
            + string.Concat(Enumerable.Repeat("<p>x", 5000));
        var safe = SafeHtml.Clean(bomb);
        Assert.True(safe.TextOnly);
        Assert.True(safe.Html.Length < 2 * bomb.Length);
    }

    [Fact]
    public void A_mail_past_the_size_cap_is_told_as_text()
    {
        var safe = SafeHtml.Clean(
            "<p>1 &lt; 2<script>no</script></p>" + new string('x', 200),
            new() { MaxLength = 100 }
        );
        Assert.True(safe.TextOnly);
        Assert.StartsWith("<pre style=\"white-space:pre-wrap\">1 &lt; 2\nxxx", safe.Html, StringComparison.Ordinal);
    }
}
