using System.Globalization;

namespace Waybill.Server.Ui;

/// <summary>How a name looks when there is no picture.</summary>
public static class Initials
{
    const int Palettes = 6;

    /// <summary>First letters of the first and the last word; of an address, its first letter.</summary>
    public static string Of(string name)
    {
        var words = name.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0)
            return "?";
        var first = FirstLetter(words[0]);
        return words.Length == 1 || name.Contains('@', StringComparison.Ordinal)
            ? first
            : first + FirstLetter(words[^1]);
    }

    /// <summary>c1 to c6, the same for a name on every page, machine and start.</summary>
    public static string Palette(string name)
    {
        var hash = 2166136261u; // FNV-1a, since string.GetHashCode differs from start to start
        foreach (var c in name)
            hash = (hash ^ c) * 16777619;
        return $"c{(hash % Palettes) + 1}";
    }

    static string FirstLetter(string word) =>
        StringInfo
            .GetNextTextElement(word.TrimStart('"', '\'', '(', '<') is { Length: > 0 } bare ? bare : word)
            .ToUpperInvariant();
}
