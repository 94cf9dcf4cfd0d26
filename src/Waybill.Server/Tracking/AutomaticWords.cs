using Microsoft.Extensions.Localization;
using Waybill.Server.Ui;

namespace Waybill.Server.Tracking;

/// <summary>The folded grey line of visits that were no person's: "2 automatic opens, 1 automatic click (security scanner)".</summary>
public static class AutomaticWords
{
    public static string Tell(IStringLocalizer words, int opens, int clicks, string? reason)
    {
        ArgumentNullException.ThrowIfNull(words);
        List<string> parts = [];
        if (opens > 0)
            parts.Add(words.Count(opens, "1 automatic open", "{0} automatic opens"));
        if (clicks > 0)
            parts.Add(words.Count(clicks, "1 automatic click", "{0} automatic clicks"));
        var sum = string.Join(", ", parts);
        return Who(words, reason) is { } who ? $"{sum} ({who})" : sum;
    }

    /// <summary>What it was, in a word or two; null where a whole sentence is needed to say so.</summary>
    static string? Who(IStringLocalizer words, string? reason) =>
        reason switch
        {
            "SecurityScanner" or "ManyLinksAtOnce" => words["security scanner"],
            "Prefetch" => words["fetched ahead of time"],
            "GmailPrefetch" => "Gmail",
            "LinkPreview" => words["chat preview"],
            "OfficeLinkCheck" => "Office",
            "Crawler" => words["robot"],
            "Program" => words["program"],
            _ => null,
        };
}
