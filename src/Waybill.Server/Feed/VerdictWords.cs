using Microsoft.Extensions.Localization;
using Waybill.Server.Tracking;
using Waybill.Server.Ui;

namespace Waybill.Server.Feed;

/// <summary>What we make of a hit, and why, as the reader sees it.</summary>
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
    public static string Sentence(IStringLocalizer words, IReadOnlyList<string> reasons, HitKind kind)
    {
        ArgumentNullException.ThrowIfNull(words);
        ArgumentNullException.ThrowIfNull(reasons);
        return reasons.Count == 0 ? "" : words[Tracking.Verdict.Sentence(reasons[0], kind)];
    }
}
