using Waybill.Server.Identity;

namespace Waybill.Server.Compose;

public enum TrackAnswer
{
    Tracked,

    /// <summary>Several recipients share one image: "Someone of 3 opened" (S-064).</summary>
    TrackedAnonymously,

    /// <summary>Nobody to track yet.</summary>
    NoRecipients,

    /// <summary>S-016.</summary>
    OffForAccount,

    /// <summary>From is neither the user's address nor an alias.</summary>
    NotYourAddress,

    /// <summary>Data privacy is on and the one recipient is nobody's contact (S-063).</summary>
    NotAContact,

    /// <summary>Data privacy is on and nobody said why this contact's data may be processed (S-060, S-062).</summary>
    NoLegalBasis,
}

public readonly record struct TrackDecision(TrackAnswer Answer, bool Opens, bool Clicks)
{
    /// <summary>Whether the box may be ticked; with no recipients yet it may, though there is nothing to track.</summary>
    public bool Allowed => Answer is TrackAnswer.Tracked or TrackAnswer.TrackedAnonymously or TrackAnswer.NoRecipients;
}

/// <param name="IsContact">A contact has this address.</param>
/// <param name="HasLegalBasis">That contact's hs_legal_basis is set; "Not applicable" is an answer too.</param>
public readonly record struct AskedAbout(bool IsContact, bool HasLegalBasis);

/// <summary>May opens and clicks of this mail be tracked? The one place that says so.</summary>
public static class MayTrack
{
    public static TrackDecision Decide(
        bool accountAllows,
        bool dataPrivacy,
        bool fromIsOwn,
        Seat seat,
        IReadOnlyCollection<AskedAbout> recipients
    )
    {
        var answer = Answer(accountAllows, dataPrivacy, fromIsOwn, recipients);
        var opens = answer is TrackAnswer.Tracked or TrackAnswer.TrackedAnonymously;
        return new(answer, opens, opens && seat == Seat.Sales); // S-031
    }

    static TrackAnswer Answer(
        bool accountAllows,
        bool dataPrivacy,
        bool fromIsOwn,
        IReadOnlyCollection<AskedAbout> recipients
    )
    {
        if (!accountAllows)
            return TrackAnswer.OffForAccount;
        if (!fromIsOwn)
            return TrackAnswer.NotYourAddress;
        if (recipients.Count == 0)
            return TrackAnswer.NoRecipients;
        if (recipients.Count > 1)
            return TrackAnswer.TrackedAnonymously;
        var only = recipients.First();
        return (dataPrivacy, only) switch
        {
            (true, { IsContact: false }) => TrackAnswer.NotAContact,
            (true, { HasLegalBasis: false }) => TrackAnswer.NoLegalBasis,
            _ => TrackAnswer.Tracked,
        };
    }
}
