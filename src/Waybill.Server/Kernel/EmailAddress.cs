using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Waybill.Server.Kernel;

/// <summary>
/// One mailbox address in the form it is compared and stored: lower case, the domain in ASCII (RFC 5890).
/// RFC 5321 lets local parts differ by case; no mail system in use does, and HubSpot compares them lower case.
/// </summary>
public readonly record struct EmailAddress
{
    const int LongestAddress = 254; // RFC 5321 4.5.3.1.3

    readonly string? _text;

    EmailAddress(string text) => _text = text;

    public string Text => _text ?? "";

    public string Domain => Text[(Text.LastIndexOf('@') + 1)..];

    public string Local => Text[..Math.Max(0, Text.LastIndexOf('@'))];

    public override string ToString() => Text;

    public static EmailAddress Parse(string text) =>
        TryParse(text, out var address) ? address : throw new FormatException($"'{text}' is not an email address.");

    public static bool TryParse([NotNullWhen(true)] string? text, out EmailAddress address)
    {
        address = default;
        text = text?.Trim();
        if (string.IsNullOrEmpty(text) || text.Length > LongestAddress)
            return false;
        var at = text.LastIndexOf('@');
        if (at is < 1 or > 64 || at == text.Length - 1)
            return false;
        foreach (var c in text)
            if (char.IsControl(c) || char.IsWhiteSpace(c) || c is '<' or '>' or ',' or ';' or '"')
                return false;
        if (text.IndexOf('@') != at)
            return false;
        if (!TryAsciiDomain(text[(at + 1)..], out var domain))
            return false;
        address = new EmailAddress(text[..at].ToLowerInvariant() + "@" + domain);
        return true;
    }

    static bool TryAsciiDomain(string domain, [NotNullWhen(true)] out string? ascii)
    {
        ascii = null;
        try
        {
            ascii = new IdnMapping().GetAscii(domain.TrimEnd('.')).ToLowerInvariant();
        }
        catch (ArgumentException)
        {
            return false;
        }
        return ascii.Length > 0 && !ascii.Contains("..", StringComparison.Ordinal) && ascii[0] is not ('.' or '-');
    }
}
