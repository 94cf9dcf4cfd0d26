using CsCheck;

namespace Waybill.Mail.Tests;

public sealed class QuotedTextTests
{
    [Theory]
    [InlineData("Yes.\n\nOn 5 May 2026, at 10:00, Anna <anna@x.test> wrote:\n> Old\n> text\n", "Yes.")]
    [InlineData(
        "Yes.\n\nOn Tue, May 5, 2026 at 10:00 AM Anna Lis of Northwind\n<anna@x.test> wrote:\n\n> Old\n",
        "Yes."
    )]
    [InlineData("Tak.\n\nW dniu 5.05.2026 o 10:00, Anna Lis pisze:\n> Stare\n", "Tak.")]
    [InlineData("Tak.\n\nwt., 5 maj 2026 o 10:00 Anna Lis <anna@x.test> napisał(a):\n\n> Stare\n", "Tak.")]
    [InlineData("Ja.\n\nAm 5. Mai 2026 um 10:00 schrieb Anna <anna@x.test>:\n> Alt\n", "Ja.")]
    [InlineData("Yes.\n\n-----Original Message-----\nFrom: Anna\nOld\n", "Yes.")]
    [InlineData("Tak.\n\n-----Wiadomość oryginalna-----\nOd: Anna\nStare\n", "Tak.")]
    [InlineData(
        "Yes.\n\n________________________________\nFrom: Anna <anna@x.test>\nSent: Monday\nTo: Jan\nOld\n",
        "Yes."
    )]
    [InlineData("Tak.\n\nOd: Anna <anna@x.test>\nWysłano: 4 maja 2026\nDo: Jan\nStare\n", "Tak.")]
    [InlineData("*From:* Anna\n*Sent:* Monday\n\nOld\n", "")]
    [InlineData("Above.\n> Old\nBetween.\n> More\nBelow.\n", "Above.\nBetween.\nBelow.")]
    [InlineData(
        "On Friday we wrote: hello\nFrom: here on we wait.\n",
        "On Friday we wrote: hello\nFrom: here on we wait."
    )]
    [InlineData("No quote at all.\n-- \nAnna\n", "No quote at all.\n-- \nAnna")]
    public void Plain_text_is_split(string text, string fresh)
    {
        var split = QuotedText.SplitText(text);
        Assert.Equal(fresh, split.New.Trim());
        Assert.Equal(text.Length, split.New.Length + split.Quoted.Length);
    }

    [Theory]
    [InlineData("<p>New</p><div id=\"divRplyFwdMsg\"><b>From:</b> A</div><div>Old</div>", "<p>New</p>")]
    [InlineData("<p>New</p><div id=\"x_divRplyFwdMsg\">Old</div>", "<p>New</p>")]
    [InlineData("<p>New</p><div id=\"appendonsend\"></div><hr><div>Old</div>", "<p>New</p>")]
    [InlineData(
        "<p>New</p><div style='border:none;border-top:solid #E1E1E1 1.0pt'><p><b>From:</b> Anna<br><b>Sent:</b> Monday</p></div><p>Old</p>",
        "<p>New</p>"
    )]
    [InlineData("<p>New</p><div style='border-top:solid red'>Od: Anna<br>Wysłano: wtorek</div>Old", "<p>New</p>")]
    [InlineData("<p>New</p><p><b>Od:</b>&nbsp;Anna</p><p><b>Wysłano:</b> dziś</p>", "<p>New</p><p><b>")]
    [InlineData("New<div class=\"gmail_quote\"><div>Old<div>x</div></div></div>Below", "NewBelow")]
    [InlineData("New<blockquote type=\"cite\">Old<blockquote>older</blockquote></blockquote>Below", "NewBelow")]
    [InlineData("New<BLOCKQUOTE TYPE=cite>Old", "New")]
    [InlineData(
        "New<div class=\"moz-cite-prefix\">On 5.05.2026, Anna &lt;<a href='mailto:a@x.test'>a@x.test</a>&gt; wrote:</div><blockquote type=cite>Old</blockquote>",
        "New"
    )]
    [InlineData("<p>New</p>-----Original Message-----<br>Old", "<p>New</p>")]
    [InlineData("<blockquote>A poem</blockquote> I like", "<blockquote>A poem</blockquote> I like")]
    [InlineData(
        "<div style='border-top:1px solid'>Section</div><p>More</p>",
        "<div style='border-top:1px solid'>Section</div><p>More</p>"
    )]
    [InlineData("<p>From: Monday on</p><p>we wait</p>", "<p>From: Monday on</p><p>we wait</p>")]
    [InlineData("<!--<div id=divRplyFwdMsg>--><p>New</p>", "<!--<div id=divRplyFwdMsg>--><p>New</p>")]
    public void Html_is_split(string html, string fresh)
    {
        var split = QuotedText.SplitHtml(html);
        Assert.Equal(fresh, split.New);
        Assert.Equal(html.Length, split.New.Length + split.Quoted.Length);
    }

    [Fact]
    public void Nothing_is_lost_of_any_text() =>
        Gen.OneOf(
                Gen.Const("> "),
                Gen.Const("\n"),
                Gen.Const("From: x\nSent: y\n"),
                Gen.Const("On 1 May a@b wrote:\n"),
                Gen.String
            )
            .Array[0, 20]
            .Select(string.Concat)
            .Sample(text =>
            {
                var split = QuotedText.SplitText(text);
                return split.New.Length + split.Quoted.Length == text.Length;
            });
}
