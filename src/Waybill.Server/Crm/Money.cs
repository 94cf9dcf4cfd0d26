using System.Globalization;

namespace Waybill.Server.Crm;

/// <summary>An amount as the API's string ("48000.50", invariant) and as a person reads it.</summary>
public static class Money
{
    const decimal Most = 1_000_000_000_000m;

    static readonly Dictionary<string, string> Signs = new()
    {
        ["EUR"] = "€",
        ["USD"] = "$",
        ["GBP"] = "£",
        ["PLN"] = "zł",
    };

    /// <summary>
    /// What a person typed: spaces and one kind of separator between thousands, a point or a comma before at most two decimals.
    /// </summary>
    public static bool TryRead(string text, out string stored)
    {
        stored = "";
        text = string.Concat(text.Where(c => !char.IsWhiteSpace(c) && c != '\u00a0' && c != '\''));
        var last = text.LastIndexOfAny(['.', ',']);
        var decimals = last >= 0 && text.Length - last - 1 is 1 or 2 ? text[(last + 1)..] : "";
        var whole = decimals.Length > 0 ? text[..last] : text;
        var groups = whole.Split('.', ',');
        if (groups.Length > 1 && (groups[0].Length is 0 or > 3 || groups.Skip(1).Any(g => g.Length != 3)))
            return false;
        var plain = string.Concat(groups) + (decimals.Length > 0 ? "." + decimals : "");
        if (
            !decimal.TryParse(plain, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount)
            || amount > Most
        )
            return false;
        stored = amount.ToString("0.##", CultureInfo.InvariantCulture);
        return true;
    }

    /// <summary>"€48,000", "1 900,50 zł"; text that is no number is shown as it is.</summary>
    public static string Show(string? stored, string? currency, CultureInfo culture)
    {
        if (string.IsNullOrEmpty(stored))
            return "";
        if (!decimal.TryParse(stored, NumberStyles.Number, CultureInfo.InvariantCulture, out var amount))
            return stored;
        var number = amount.ToString(amount == Math.Truncate(amount) ? "N0" : "N2", culture);
        if (string.IsNullOrEmpty(currency))
            return number;
        var sign = Signs.GetValueOrDefault(currency, currency);
        // English puts the sign before the number, Polish after it; a code or zł always stands after.
        return culture.TwoLetterISOLanguageName == "en" && sign.Length == 1 ? sign + number : $"{number}\u00a0{sign}";
    }
}
