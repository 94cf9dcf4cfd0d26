using CsCheck;

namespace Waybill.Mail.Tests;

public sealed class TrackedHtmlTests
{
    const string Pixel =
        "<img src=\"https://t.test/o/1.gif\" width=\"1\" height=\"1\" alt=\"\" style=\"border:0;width:1px;height:1px\">";

    static OwnUrl? Own(string url) =>
        url.StartsWith("https://t.test/o/", StringComparison.Ordinal) ? OwnUrl.Pixel
        : url.StartsWith("https://t.test/c/", StringComparison.Ordinal) ? OwnUrl.Click("https://" + url[17..])
        : null;

    static TrackedHtmlResult Wrap(string html, string? pixel = null) =>
        TrackedHtml.Rewrite(
            html,
            new()
            {
                Wrap = link => $"https://w.test/{link.Index}?a&b",
                Own = Own,
                PixelUrl = pixel,
            }
        );

    [Theory]
    [InlineData("<a href=\"https://x.test\">x</a>", "<a href=\"https://w.test/0?a&amp;b\">x</a>")]
    [InlineData(
        "<A HREF='https://x.test' Title=\"a>b\">x</A>",
        "<A HREF='https://w.test/0?a&amp;b' Title=\"a>b\">x</A>"
    )]
    [InlineData("<a\n  class=a href=https://x.test>x</a>", "<a\n  class=a href=\"https://w.test/0?a&amp;b\">x</a>")]
    [InlineData("<a href = \" https://x.test \" >x", "<a href = \"https://w.test/0?a&amp;b\" >x")]
    [InlineData("<area alt=Map href=\"http://x.test\">", "<area alt=Map href=\"https://w.test/0?a&amp;b\">")]
    [InlineData(
        "<a href=\"https://x.test\" href=\"https://y.test\">",
        "<a href=\"https://w.test/0?a&amp;b\" href=\"https://y.test\">"
    )]
    [InlineData(
        "<a title='href=\"https://y.test\"' href=\"https://x.test\">",
        "<a title='href=\"https://y.test\"' href=\"https://w.test/0?a&amp;b\">"
    )]
    [InlineData("<a/href=\"https://x.test\"/>", "<a/href=\"https://w.test/0?a&amp;b\"/>")]
    [InlineData(
        "<![if !mso]><a href=\"https://x.test\"><![endif]>",
        "<![if !mso]><a href=\"https://w.test/0?a&amp;b\"><![endif]>"
    )]
    [InlineData(
        "<!--[if !mso]><!--><a href=\"https://x.test\"><!--<![endif]-->",
        "<!--[if !mso]><!--><a href=\"https://w.test/0?a&amp;b\"><!--<![endif]-->"
    )]
    [InlineData("<!--><a href=\"https://x.test\">-->", "<!--><a href=\"https://w.test/0?a&amp;b\">-->")]
    [InlineData("<style>a</style><a href=\"https://x.test\">", "<style>a</style><a href=\"https://w.test/0?a&amp;b\">")]
    public void A_link_is_wrapped_in_place(string html, string expected) => Assert.Equal(expected, Wrap(html).Html);

    [Theory]
    [InlineData("<!-- <a href=\"https://x.test\"> -->")]
    [InlineData(
        "<!--[if mso]><v:roundrect href=\"https://x.test\"><a href=\"https://x.test\">b</a></v:roundrect><![endif]-->"
    )]
    [InlineData("<!--[if mso]><a href=\"https://x.test\">-- > <![endif]")]
    [InlineData("<script>var a = '<a href=\"https://x.test\">';</script>")]
    [InlineData("<style><a href=\"https://x.test\"></style >")]
    [InlineData("<title><a href=\"https://x.test\"></title>")]
    [InlineData("<textarea><a href=\"https://x.test\"></textarea>")]
    [InlineData("<textarea></textareax><a href=\"https://x.test\"></textarea>")]
    [InlineData("<![CDATA[ <a href=\"https://x.test\"> ]]>")]
    [InlineData("<?xml <a href=\"https://x.test\"?>")]
    [InlineData("<link href=\"https://x.test\"><base href=\"https://x.test\"><v:rect href=\"https://x.test\">")]
    [InlineData("<a data-href=\"https://x.test\" xhref=\"https://x.test\">")]
    [InlineData("<a href=\"https://x.test\"")]
    [InlineData("<a href=\"https://x.test>")]
    [InlineData("<a href>")]
    [InlineData("< a href=\"https://x.test\">")]
    [InlineData("&lt;a href=\"https://x.test\"&gt;")]
    [InlineData("")]
    public void What_is_no_link_stays(string html)
    {
        var result = Wrap(html);
        Assert.Equal(html, result.Html);
        Assert.Empty(result.Links);
    }

    [Theory]
    [InlineData("mailto:a@x.test", LinkOutcome.NotWeb)]
    [InlineData("tel:+48123", LinkOutcome.NotWeb)]
    [InlineData("sms:+48123", LinkOutcome.NotWeb)]
    [InlineData("cid:logo", LinkOutcome.NotWeb)]
    [InlineData("data:text/html,x", LinkOutcome.NotWeb)]
    [InlineData("javascript:alert(1)", LinkOutcome.NotWeb)]
    [InlineData("java&#10;script:alert(1)", LinkOutcome.NotWeb)]
    [InlineData("#top", LinkOutcome.Anchor)]
    [InlineData("", LinkOutcome.Anchor)]
    [InlineData("/offers", LinkOutcome.Relative)]
    [InlineData("//x.test/offers", LinkOutcome.Relative)]
    [InlineData("www.x.test", LinkOutcome.Relative)]
    [InlineData("http://", LinkOutcome.Malformed)]
    [InlineData("https://x.test/unsubscribe?u=1", LinkOutcome.OneTime)]
    [InlineData("https://x.test/%73ign-in", LinkOutcome.OneTime)]
    [InlineData("https://x.test/resetPassword", LinkOutcome.OneTime)]
    [InlineData("https://x.test/a?access_token=abc", LinkOutcome.OneTime)]
    [InlineData("https://x.test/magic/abc", LinkOutcome.OneTime)]
    [InlineData("https://x.test/verify_email", LinkOutcome.OneTime)]
    [InlineData("https://x.test/account/confirm", LinkOutcome.OneTime)]
    public void A_link_that_must_not_be_wrapped_says_why(string href, LinkOutcome outcome)
    {
        var html = $"<a href=\"{href}\">x</a>";
        var result = Wrap(html);
        Assert.Equal(html, result.Html);
        Assert.Equal(outcome, Assert.Single(result.Links).Outcome);
    }

    [Theory]
    [InlineData("https://x.test/tokenomics")]
    [InlineData("https://reset.test/")]
    [InlineData("https://x.test/designing")]
    [InlineData("https://x.test/blog/presets")]
    [InlineData("https://x.test/sign/painting")]
    [InlineData("HTTPS://X.TEST/A")]
    [InlineData("https://x.test")]
    public void An_ordinary_link_is_wrapped(string href) =>
        Assert.Equal(LinkOutcome.Wrapped, Assert.Single(Wrap($"<a href='{href}'>x</a>").Links).Outcome);

    [Theory]
    [InlineData("data-waybill=\"no\"")]
    [InlineData("data-waybill=NO")]
    [InlineData("data-notrack")]
    public void A_marked_link_stays(string mark) =>
        Assert.Equal(LinkOutcome.Marked, Assert.Single(Wrap($"<a {mark} href='https://x.test'>x</a>").Links).Outcome);

    [Theory]
    [InlineData("https://x.test/?a=1&amp;b=2", "https://x.test/?a=1&b=2")]
    [InlineData("https://x.test/?a=1&copy=2", "https://x.test/?a=1&copy=2")]
    [InlineData("https://x.test/?a=1&copy;=2", "https://x.test/?a=1©=2")]
    [InlineData("&#104;ttps&colon;//x.test", "https://x.test")]
    [InlineData("https://x.test/&#x41;&#0;", "https://x.test/A\uFFFD")]
    [InlineData("https://x.test/&nosuch;&#;&", "https://x.test/&nosuch;&#;&")]
    [InlineData("\n https://x\n.test ", "https://x.test")]
    public void The_plan_is_given_the_decoded_address(string href, string url) =>
        Assert.Equal(url, Assert.Single(TrackedHtml.FindLinks($"<a href=\"{href}\">x</a>")).Url);

    [Theory]
    [InlineData("\"")]
    [InlineData("'")]
    [InlineData("")]
    public void An_address_is_encoded_for_its_quotes(string quote)
    {
        const string target = "https://w.test/?q=\"'<>&amp;";
        var html = TrackedHtml
            .Rewrite($"<a href={quote}https://x.test{quote} title=t>", new() { Wrap = _ => target })
            .Html;
        Assert.Equal(target, Assert.Single(TrackedHtml.FindLinks(html)).Url);
        Assert.EndsWith(" title=t>", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<a href='https://x.test'>Our <b>new</b>\n &amp; best&nbsp;plan</a> tail", "Our new & best plan")]
    [InlineData("<a href='https://x.test'><img src='b.png' alt='Buy now'></a>", "Buy now")]
    [InlineData("<a href='https://x.test'>one<a href='https://y.test'>two</a>", "one")]
    [InlineData("<a href='https://x.test'><style>x</style><!-- c -->seen</a>", "seen")]
    [InlineData("<area href='https://x.test' alt='North'>", "North")]
    public void A_link_has_the_text_people_see(string html, string text) =>
        Assert.Equal(text, TrackedHtml.FindLinks(html)[0].Text);

    [Fact]
    public void Quoted_links_stay_and_lose_our_old_wrapping()
    {
        var result = Wrap(
            "<p><a href='https://new.test'>n</a></p><div id='divRplyFwdMsg'><b>From:</b></div><a href='https://old.test'>o</a>"
                + "<a href='https://t.test/c/target.test/a?b&amp;c'>w</a><img src='https://t.test/o/9.gif'><img src='https://other.test/o.gif'>"
        );
        Assert.Equal(
            "<p><a href='https://w.test/0?a&amp;b'>n</a></p><div id='divRplyFwdMsg'><b>From:</b></div><a href='https://old.test'>o</a>"
                + "<a href='https://target.test/a?b&amp;c'>w</a><img src='https://other.test/o.gif'>",
            result.Html
        );
        Assert.Equal(
            [LinkOutcome.Wrapped, LinkOutcome.Quoted, LinkOutcome.Quoted],
            result.Links.Select(link => link.Outcome)
        );
        Assert.Equal((1, 1), (result.PixelsRemoved, result.LinksUnwrapped));
    }

    [Fact]
    public void An_own_link_pasted_into_new_text_is_wrapped_anew()
    {
        var seen = new List<string>();
        var result = TrackedHtml.Rewrite(
            "<a href='https://t.test/c/target.test'>w</a><a href='https://t.test/c/x.test/unsubscribe'>u</a>",
            new()
            {
                Own = Own,
                Wrap = link =>
                {
                    seen.Add(link.Url);
                    return "https://w.test";
                },
            }
        );
        Assert.Equal(["https://target.test"], seen);
        Assert.Equal("<a href='https://w.test'>w</a><a href='https://x.test/unsubscribe'>u</a>", result.Html);
    }

    [Fact]
    public void A_reply_below_a_quote_is_new_text() =>
        Assert.Equal(
            [LinkOutcome.Quoted, LinkOutcome.Wrapped],
            Wrap("<blockquote type=cite><a href='https://a.test'>a</a></blockquote><a href='https://b.test'>b</a>")
                .Links.Select(l => l.Outcome)
        );

    [Theory]
    [InlineData("<body><p>x</p></body></html>", "<body><p>x</p>|</body></html>")]
    [InlineData("<p>x</p>", "<p>x</p>|")]
    [InlineData("", "|")]
    [InlineData("<p>x</p></html>", "<p>x</p>|</html>")]
    [InlineData("<body>x<!-- </body> --></body>", "<body>x<!-- </body> -->|</body>")]
    [InlineData("<body>x<div id=divRplyFwdMsg>q</div></body>", "<body>x|<div id=divRplyFwdMsg>q</div></body>")]
    [InlineData(
        "<body>x<blockquote type=cite>q</blockquote>y</body>",
        "<body>x|<blockquote type=cite>q</blockquote>y</body>"
    )]
    [InlineData("<p>x</p><!-- never closed", "<p>x</p>|<!-- never closed")]
    [InlineData("<p>x</p><style>p{}", "<p>x</p>|<style>p{}")]
    [InlineData("<p>x</p><a href=\"", "<p>x</p>|<a href=\"")]
    [InlineData("<body>x<img src='https://t.test/o/7.gif'></body>", "<body>x|</body>")]
    public void The_pixel_goes_in_once_where_it_is_seen(string html, string expected) =>
        Assert.Equal(expected.Replace("|", Pixel, StringComparison.Ordinal), Wrap(html, "https://t.test/o/1.gif").Html);

    static readonly string[] Pieces =
    [
        "<a href=\"",
        "https://x.test",
        "\"",
        "'",
        ">",
        "<",
        "</a>",
        "<!--",
        "-->",
        "--!>",
        "<![CDATA[",
        "]]>",
        "<style>",
        "</style",
        "<img src=",
        "&amp;",
        "&",
        "<div id=divRplyFwdMsg>",
        "<blockquote type=cite>",
        "</blockquote>",
        "<div class=gmail_quote>",
        "</div>",
        " ",
        "\n",
        "From:",
        "Sent:",
        "</body>",
        "<?",
        "<!",
        "/",
        "=",
        "\0",
        "On 1 May a@b.test wrote:",
        "<textarea>",
        "<plaintext>",
    ];

    static readonly Gen<string> Markup = Gen.OneOf(Gen.OneOf([.. Pieces.Select(piece => Gen.Const(piece))]), Gen.String)
        .Array[0, 40]
        .Select(string.Concat);

    [Fact]
    public void Without_a_plan_every_text_comes_out_as_it_went_in() =>
        Markup.Sample(html => TrackedHtml.Rewrite(html, new()).Html == html, iter: 5000);

    [Fact]
    public void Wrapping_with_the_same_address_changes_nothing_but_its_spelling() =>
        Markup.Sample(
            html =>
            {
                var wrapped = TrackedHtml.Rewrite(html, new() { Wrap = link => link.Url + "&w" });
                var again = TrackedHtml.FindLinks(wrapped.Html);
                return again.Count == wrapped.Links.Count
                    && again
                        .Zip(wrapped.Links)
                        .All(pair =>
                            pair.First.Url == pair.Second.Url + (pair.Second.Outcome == LinkOutcome.Wrapped ? "&w" : "")
                        );
            },
            iter: 5000
        );

    [Fact]
    public void The_pixel_is_always_found_again() =>
        Markup.Sample(
            html =>
            {
                var tracked = TrackedHtml.Rewrite(html, new() { Own = Own, PixelUrl = "https://t.test/o/1.gif" });
                var stripped = TrackedHtml.Rewrite(tracked.Html, new() { Own = Own });
                return stripped.PixelsRemoved == 1 && stripped.Html == html;
            },
            iter: 5000
        );

    [Theory]
    [InlineData("<a href=\"")]
    [InlineData("<a href=\"https://x.test\">")]
    [InlineData("<a ")]
    [InlineData("<")]
    [InlineData("</")]
    [InlineData("<!--")]
    [InlineData("<!-")]
    [InlineData("<![CDATA[")]
    [InlineData("<![CDATA[>")]
    [InlineData("<style></")]
    [InlineData("<style></style>")]
    [InlineData("&")]
    [InlineData("<a href='&#")]
    [InlineData("a=' ")]
    [InlineData("<x a=\"")]
    [InlineData("--")]
    [InlineData("<blockquote type=cite>")]
    [InlineData("<blockquote type=cite></blockquote>")]
    [InlineData("<div style='border-top:'>From:")]
    [InlineData("On 1 May a@b.test wrote:<p>")]
    public void A_megabyte_of_anything_is_finished(string unit)
    {
        var html = string.Concat(Enumerable.Repeat(unit, 1_000_000 / unit.Length));
        Assert.Equal(html, TrackedHtml.Rewrite(html, new()).Html);
        Assert.Equal(html.Length, QuotedText.SplitHtml(html) is var split ? split.New.Length + split.Quoted.Length : 0);
        Assert.Equal(html.Length, QuotedText.SplitText(html) is var plain ? plain.New.Length + plain.Quoted.Length : 0);
    }
}
