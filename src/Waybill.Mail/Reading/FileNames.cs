using System.Globalization;
using System.Text;
using MimeKit;

namespace Waybill.Mail;

/// <summary>File names from strangers.</summary>
public static class FileNames
{
    const int Longest = 150;

    static readonly HashSet<string> Reserved = new(
        [
            "CON",
            "PRN",
            "AUX",
            "NUL",
            "COM1",
            "COM2",
            "COM3",
            "COM4",
            "COM5",
            "COM6",
            "COM7",
            "COM8",
            "COM9",
            "LPT1",
            "LPT2",
            "LPT3",
            "LPT4",
            "LPT5",
            "LPT6",
            "LPT7",
            "LPT8",
            "LPT9",
        ],
        StringComparer.OrdinalIgnoreCase
    );

    /// <summary>
    /// The last path segment without control, formatting (bidi overrides show "exe.pdf" for "fdp.exe") and lone surrogate characters; what
    /// Windows forbids becomes "_"; at most 150 characters with the extension kept; "attachment" plus the type's extension when nothing is left.
    /// </summary>
    public static string Safe(string? name, string contentType)
    {
        name ??= "";
        name = name[(name.LastIndexOfAny(['/', '\\']) + 1)..];
        var safe = new StringBuilder(Math.Min(name.Length, 1000));
        foreach (var rune in name.EnumerateRunes().Take(1000))
        {
            if (
                rune == Rune.ReplacementChar
                || Rune.GetUnicodeCategory(rune)
                    is UnicodeCategory.Control
                        or UnicodeCategory.Format
                        or UnicodeCategory.LineSeparator
                        or UnicodeCategory.ParagraphSeparator
                        or UnicodeCategory.PrivateUse
            )
                continue;
            safe.Append(rune.IsAscii && "<>:\"|?*".Contains((char)rune.Value) ? "_" : rune.ToString());
        }
        name = safe.ToString().Trim().TrimEnd('.', ' ');
        if (name.Trim('.', '_', ' ').Length == 0)
            name = "attachment" + (MimeTypes.TryGetExtension(contentType, out var known) ? known : ".bin");
        if (Reserved.Contains(name.Split('.')[0].TrimEnd()))
            name = "_" + name;
        return Shorten(name);
    }

    static string Shorten(string name)
    {
        if (name.Length <= Longest)
            return name;
        var dot = name.LastIndexOf('.');
        var extension = dot >= 0 && name.Length - dot <= 16 ? name[dot..] : "";
        return PlainText.Cut(name, Longest - extension.Length).TrimEnd('.', ' ') + extension;
    }
}
