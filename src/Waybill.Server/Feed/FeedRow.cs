using System.Text.Json.Serialization;
using Waybill.Server.Ui;

namespace Waybill.Server.Feed;

public enum FeedState
{
    NotTracked,
    Sent,
    Opened,
    Clicked,
}

/// <summary>A recipient, by the contact's name where there is a contact.</summary>
public sealed record FeedPerson(string Name, string Address, long? ContactId, string? Company);

/// <summary>The hit a row speaks of: the newest of its state, a person's before one of unknowable origin.</summary>
public sealed record FeedVerdict(HowSure Sure, IReadOnlyList<string> Reasons);

/// <summary>One mail in the feed. Opens and clicks are those a person may have made; automatic ones are counted beside.</summary>
public sealed record FeedRow
{
    public required long MailId { get; init; }
    public required string Subject { get; init; }
    public required FeedState State { get; init; }
    public required DateTime At { get; init; }

    /// <summary>One sentence; null when it was tracked or when the sender did not ask for it.</summary>
    public string? WhyNotTracked { get; init; }

    public int Opens { get; init; }
    public int Clicks { get; init; }
    public int AutomaticOpens { get; init; }
    public int AutomaticClicks { get; init; }

    /// <summary>The strongest rule of the newest automatic visit.</summary>
    public string? AutomaticReason { get; init; }
    public FeedVerdict? Verdict { get; init; }

    /// <summary>The first few; <see cref="PeopleCount"/> says how many there are.</summary>
    public required IReadOnlyList<FeedPerson> People { get; init; }

    public required int PeopleCount { get; init; }

    /// <summary>The one recipient; null when several share one image and it can't be told who.</summary>
    [JsonIgnore]
    public FeedPerson? OnlyPerson => PeopleCount == 1 ? People[0] : null;

    [JsonIgnore]
    public FeedCursor Cursor => new(At, MailId);
}

/// <summary>Where a page of the feed ended.</summary>
public sealed record FeedCursor(DateTime At, long MailId);

/// <summary>A page of the feed; <c>Next</c> is null when there is nothing older.</summary>
public sealed record FeedSlice(IReadOnlyList<FeedRow> Rows, FeedCursor? Next);

/// <summary>What the reader asked to see.</summary>
/// <param name="State">Null shows every state.</param>
/// <param name="Text">Looked for in the subject and in recipients' names and addresses.</param>
public sealed record FeedFilter(FeedState? State = null, string? Text = null);
