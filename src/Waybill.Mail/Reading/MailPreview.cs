namespace Waybill.Mail;

/// <summary>The line shown in lists.</summary>
static class MailPreview
{
    // Far more than a preview needs, far less than a body may have.
    const int Enough = 4_000;

    public static string Of(string? html, string? text, int length)
    {
        if (text is not null && Line(QuotedText.SplitText(text).New, length) is { Length: > 0 } fromText)
            return fromText;
        if (html is not null && Line(Words(QuotedText.SplitHtml(html).New), length) is { Length: > 0 } fromHtml)
            return fromHtml;
        return Line(text ?? (html is null ? "" : Words(html)), length);
    }

    static string Words(string html) => PlainText.FromHtml(html, Enough);

    static string Line(string words, int length) => PlainText.OneLine(PlainText.Cut(words, Enough), length);
}
