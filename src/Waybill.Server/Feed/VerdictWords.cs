using Microsoft.Extensions.Localization;
using Waybill.Server.Tracking;
using Waybill.Server.Ui;

namespace Waybill.Server.Feed;

/// <summary>Why we think so, in one sentence. Rules have names; a rule newer than this table is shown by its name, made readable.</summary>
public static class VerdictWords
{
    public static HowSure Sure(VerdictKind verdict) =>
        verdict switch
        {
            VerdictKind.Human => HowSure.Person,
            VerdictKind.Machine => HowSure.Automatic,
            _ => HowSure.CannotTell,
        };

    /// <summary>The strongest rule's sentence; empty when none fired.</summary>
    public static string Sentence(IStringLocalizer words, IReadOnlyList<string> reasons, HitKind kind) =>
        reasons.Count == 0 ? "" : words[Readable(reasons[0])];

    static string Readable(string rule)
    {
        var words = new System.Text.StringBuilder();
        foreach (var c in rule)
            if (c is '-' or '_' or '.')
                words.Append(' ');
            else if (char.IsUpper(c) && words.Length > 0 && words[^1] != ' ')
                words.Append(' ').Append(char.ToLowerInvariant(c));
            else
                words.Append(words.Length == 0 ? char.ToUpperInvariant(c) : c);
        return words.Append('.').ToString();
    }
}
