using System.Globalization;
using System.Text;
using AngleSharp.Html;

namespace Waybill.Mail;

/// <summary>Character references in attribute values: HTML standard, 13.2.5.72 "Character reference state" and following.</summary>
static class HtmlReferences
{
    const int LongestName = 33;

    public static string Decode(ReadOnlySpan<char> value)
    {
        if (!value.Contains('&'))
            return value.ToString();
        var text = new StringBuilder(value.Length);
        while (value.IndexOf('&') is var at and >= 0)
        {
            text.Append(value[..at]);
            value = value[at..];
            var (symbol, length) = value.Length > 1 && value[1] == '#' ? Number(value) : Named(value);
            text.Append(symbol ?? "&");
            value = value[(symbol is null ? 1 : length)..];
        }
        return text.Append(value).ToString();
    }

    /// <summary>Encodes for an attribute value between the given quotes.</summary>
    public static string Encode(string value, char quote) =>
        value
            .Replace("&", "&amp;", StringComparison.Ordinal)
            .Replace("<", "&lt;", StringComparison.Ordinal)
            .Replace(">", "&gt;", StringComparison.Ordinal)
            .Replace(quote == '\'' ? "'" : "\"", quote == '\'' ? "&#39;" : "&quot;", StringComparison.Ordinal);

    static (string? Symbol, int Length) Number(ReadOnlySpan<char> value)
    {
        var hex = value.Length > 2 && value[2] is 'x' or 'X';
        var start = hex ? 3 : 2;
        var at = start;
        while (at < value.Length && (hex ? char.IsAsciiHexDigit(value[at]) : char.IsAsciiDigit(value[at])))
            at++;
        if (at == start)
            return (null, 0);
        var style = hex ? NumberStyles.AllowHexSpecifier : NumberStyles.None;
        var known = int.TryParse(value[start..at], style, CultureInfo.InvariantCulture, out var code);
        if (at < value.Length && value[at] == ';')
            at++;
        return (known && code != 0 && Rune.IsValid(code) ? new Rune(code).ToString() : "\uFFFD", at);
    }

    static (string? Symbol, int Length) Named(ReadOnlySpan<char> value)
    {
        var at = 1;
        while (at < value.Length && at < LongestName && char.IsAsciiLetterOrDigit(value[at]))
            at++;
        if (at == 1)
            return (null, 0);
        if (at < value.Length && value[at] == ';')
            return (HtmlEntityProvider.Resolver.GetSymbol(value[1..(at + 1)].ToString()), at + 1);
        // In an attribute a name without its semicolon counts only when no letter, digit or '=' follows: "?a=1&copy=2" stays.
        return at < value.Length && value[at] == '='
            ? (null, 0)
            : (HtmlEntityProvider.Resolver.GetSymbol(value[1..at].ToString()), at);
    }
}
