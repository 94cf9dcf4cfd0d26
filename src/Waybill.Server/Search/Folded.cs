using System.Globalization;
using System.Text;

namespace Waybill.Server.Search;

/// <summary>
/// Text as it is compared: lower case, no diacritics, letters and digits only, a space between words. One rule for what is stored and for
/// what is asked, on both databases; no character of it means anything to a full-text query.
/// </summary>
public static class Folded
{
    const int LongestText = 4000;
    const int LongestWord = 64;
    const int MostWords = 200;

    /// <summary>Letters that Unicode does not take apart into a base and a mark.</summary>
    static readonly Dictionary<char, string> Stubborn = new()
    {
        ['ł'] = "l",
        ['đ'] = "d",
        ['ð'] = "d",
        ['ø'] = "o",
        ['ħ'] = "h",
        ['ı'] = "i",
        ['ŧ'] = "t",
        ['ŀ'] = "l",
        ['ß'] = "ss",
        ['æ'] = "ae",
        ['œ'] = "oe",
        ['þ'] = "th",
    };

    /// <summary>Every word once, in order.</summary>
    public static string Words(params IEnumerable<string?> texts) =>
        string.Join(' ', texts.SelectMany(Split).Distinct().Take(MostWords));

    /// <summary>All words in order, cut to what a key holds.</summary>
    public static string Key(string? text)
    {
        var key = string.Join(' ', Split(text));
        return key.Length <= SearchEntry.LongestKey ? key : key[..SearchEntry.LongestKey].TrimEnd();
    }

    public static IEnumerable<string> Split(string? text) =>
        Fold(text)
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(w => w.Length <= LongestWord ? w : w[..LongestWord]);

    static string Fold(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return "";
        var cut = text.Length <= LongestText ? text : text[..LongestText];
        var folded = new StringBuilder(cut.Length);
        foreach (var rune in Whole(cut).Normalize(NormalizationForm.FormKD).EnumerateRunes())
        {
            var lower = Rune.ToLowerInvariant(rune);
            if (lower.IsBmp && Stubborn.TryGetValue((char)lower.Value, out var plain))
                folded.Append(plain);
            else if (Rune.IsLetterOrDigit(lower))
                folded.Append(lower.ToString());
            else if (!Joins(lower))
                folded.Append(' ');
        }
        return folded.ToString();
    }

    /// <summary>Marks and apostrophes stand inside a word: O’Brien is one.</summary>
    static bool Joins(Rune rune) =>
        rune.Value is '\'' or '’' or 'ʼ'
        || Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.NonSpacingMark
                or UnicodeCategory.EnclosingMark
                or UnicodeCategory.Format;

    /// <summary>Half a surrogate pair can't be normalized; it becomes U+FFFD.</summary>
    static string Whole(string text)
    {
        var whole = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            whole.Append(rune.ToString());
        return whole.ToString();
    }
}
