namespace Waybill.Mail;

/// <summary>What to do with a mail about to leave.</summary>
public sealed record TrackedHtmlPlan
{
    /// <summary>The address to put in place of the link's, or null to leave the link as it is.</summary>
    public Func<FoundLink, string?> Wrap { get; init; } = _ => null;

    /// <summary>Recognises our own addresses from earlier mails, or null for a stranger's.</summary>
    public Func<string, OwnUrl?> Own { get; init; } = _ => null;

    /// <summary>The pixel to insert once; null for none.</summary>
    public string? PixelUrl { get; init; }
}

/// <summary>A link that may be wrapped. Index counts all links of the mail from 0; Url is decoded; Text is what the reader sees.</summary>
public sealed record FoundLink(int Index, string Url, string Text);

/// <summary>Why a link was or was not wrapped.</summary>
public enum LinkOutcome
{
    /// <summary>The plan gave an address and it was put in.</summary>
    Wrapped,

    /// <summary>The plan gave no address for it.</summary>
    Declined,

    /// <summary>mailto, tel, sms, cid, javascript, data and whatever else is not http or https.</summary>
    NotWeb,

    /// <summary>A place in the same mail: "#top", or nothing at all.</summary>
    Anchor,

    /// <summary>No scheme and host.</summary>
    Relative,

    /// <summary>Signing in, confirming, unsubscribing: it works once or carries a secret (<see cref="OneTimeLinks"/>).</summary>
    OneTime,

    /// <summary>It belongs to an earlier mail.</summary>
    Quoted,

    /// <summary>The writer marked it with data-waybill="no" or data-notrack.</summary>
    Marked,

    /// <summary>Longer than 4,096 characters, or not an address at all.</summary>
    Malformed,
}

/// <summary>A link and what became of it. Url is where it leads, our own wrapping taken off.</summary>
public sealed record TrackedLink(int Index, string Url, string Text, LinkOutcome Outcome);

/// <summary>The mail to send, and what was changed in it.</summary>
public sealed record TrackedHtmlResult(
    string Html,
    IReadOnlyList<TrackedLink> Links,
    int PixelsRemoved,
    int LinksUnwrapped,
    bool PixelInserted
);
