using Microsoft.Extensions.Localization;
using Waybill.Server.Tracking;
using Waybill.Server.Ui;

namespace Waybill.Server.Feed;

/// <summary>How a row of the feed speaks.</summary>
static class FeedWords
{
    /// <summary>The word that is on the row, on its filter and in the documents.</summary>
    public static string Of(IStringLocalizer words, FeedState state) =>
        state switch
        {
            FeedState.Clicked => words["Clicked"],
            FeedState.Opened => words["Opened"],
            FeedState.Sent => words["Sent"],
            _ => words["Not tracked"],
        };

    public static IconShape Shape(FeedState state, bool person) =>
        (state, person) switch
        {
            (FeedState.Clicked, true) => Icons.Click20Filled,
            (FeedState.Clicked, _) => Icons.Click20,
            (FeedState.Opened, true) => Icons.Eye20Filled,
            (FeedState.Opened, _) => Icons.Eye20,
            (FeedState.Sent, _) => Icons.Send20,
            _ => Icons.EyeOff20,
        };

    /// <summary>What stands on the button that unfolds the row: 3 opens, 1 click.</summary>
    public static string Sum(IStringLocalizer words, FeedRow row) =>
        row switch
        {
            { Opens: 0, Clicks: 0, AutomaticOpens: 0, AutomaticClicks: 0, State: FeedState.NotTracked } => words[
                "Recent history"
            ],
            { Opens: 0, Clicks: 0, AutomaticOpens: 0, AutomaticClicks: 0 } => words["No opens yet"],
            { Opens: 0, Clicks: 0 } => Automatic(words, row),
            { Clicks: 0 } => Opens(words, row.Opens),
            { Opens: 0 } => Clicks(words, row.Clicks),
            _ => $"{Opens(words, row.Opens)}, {Clicks(words, row.Clicks)}",
        };

    public static string Automatic(IStringLocalizer words, FeedRow row) =>
        AutomaticWords.Tell(words, row.AutomaticOpens, row.AutomaticClicks, row.AutomaticReason);

    /// <summary>Why we think so; where several share one image, that it can't be told who.</summary>
    public static string Why(IStringLocalizer words, FeedRow row) =>
        row switch
        {
            { State: FeedState.NotTracked, WhyNotTracked: { } why } => NotTracked.Tell(words, why),
            { State: FeedState.NotTracked } => words["You sent it without tracking."],
            { Verdict: null } => "",
            { PeopleCount: > 1 } => words[
                "One mail to {0} people carries one image, so it can’t be told who.",
                row.PeopleCount
            ],
            _ => VerdictWords.Sentence(
                words,
                row.Verdict.Reasons,
                row.State is FeedState.Clicked ? HitKind.Click : HitKind.Open
            ),
        };

    public static string Why(IStringLocalizer words, FeedHit hit) =>
        VerdictWords.Sentence(words, hit.Reasons, hit.Click ? HitKind.Click : HitKind.Open);

    static string Opens(IStringLocalizer words, int n) => words.Count(n, "1 open", "{0} opens");

    static string Clicks(IStringLocalizer words, int n) => words.Count(n, "1 click", "{0} clicks");
}
