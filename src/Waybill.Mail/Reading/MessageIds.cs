using System.Security.Cryptography;
using System.Text;

namespace Waybill.Mail;

/// <summary>Message ids (RFC 5322 section 3.6.4) in one comparable form: no brackets, no white space, case kept.</summary>
public static class MessageIds
{
    const int Longest = 500;

    /// <summary>Null when nothing is left. Ids over 500 characters become <c>sha256-...@long.waybill</c>, the same wherever they stand.</summary>
    public static string? Normalise(string? id)
    {
        if (id is null)
            return null;
        var open = id.IndexOf('<', StringComparison.Ordinal);
        var close = open < 0 ? -1 : id.IndexOf('>', open);
        var inner = close > open && open >= 0 ? id.AsSpan(open + 1, close - open - 1) : id.AsSpan().Trim("<> \t");
        var clean = new StringBuilder(Math.Min(inner.Length, 1000));
        foreach (var c in inner)
        {
            if (!char.IsWhiteSpace(c) && !char.IsControl(c))
                clean.Append(c);
        }
        if (clean.Length == 0)
            return null;
        return clean.Length > Longest ? $"sha256-{Hash(clean.ToString())}@long.waybill" : clean.ToString();
    }

    /// <summary>The ids of a References or In-Reply-To header in order, without repetition; words around them are ignored.</summary>
    public static IReadOnlyList<string> List(string? header, int limit)
    {
        if (string.IsNullOrWhiteSpace(header))
            return [];
        var ids = new List<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var piece in Pieces(header))
        {
            if (Normalise(piece) is { } id && seen.Add(id))
                ids.Add(id);
        }
        return ids.Count <= limit ? ids : [ids[0], .. ids[^(limit - 1)..]];
    }

    internal static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    static IEnumerable<string> Pieces(string header)
    {
        if (!Bracketed(header).Any())
            return header
                .Split([' ', '\t', '\r', '\n', ','], StringSplitOptions.RemoveEmptyEntries)
                .Where(w => w.Contains('@'));
        return Bracketed(header);
    }

    static IEnumerable<string> Bracketed(string header)
    {
        for (var open = header.IndexOf('<'); open >= 0; open = header.IndexOf('<', open + 1))
        {
            var close = header.IndexOf('>', open);
            if (close < 0)
                yield break;
            yield return header[open..(close + 1)];
            open = close;
        }
    }
}
