using Waybill.Server.Compose;
using Waybill.Server.Identity;

namespace Waybill.Server.Tests.Compose;

public sealed class MayTrackTests
{
    static readonly AskedAbout Stranger = new(false, false);
    static readonly AskedAbout NoBasis = new(true, false);
    static readonly AskedAbout Based = new(true, true);

    public static TheoryData<string, bool, bool, bool, AskedAbout[], TrackAnswer> Cases =>
        new()
        {
            { "one contact", true, false, true, [Based], TrackAnswer.Tracked },
            { "no privacy switch: no basis needed", true, false, true, [NoBasis], TrackAnswer.Tracked },
            { "no privacy switch: no contact needed", true, false, true, [Stranger], TrackAnswer.Tracked },
            { "S-016", false, false, true, [Based], TrackAnswer.OffForAccount },
            { "S-016 before all else", false, true, false, [], TrackAnswer.OffForAccount },
            { "another's address", true, false, false, [Based], TrackAnswer.NotYourAddress },
            { "nobody yet", true, true, true, [], TrackAnswer.NoRecipients },
            { "S-060", true, true, true, [Based], TrackAnswer.Tracked },
            { "S-062", true, true, true, [NoBasis], TrackAnswer.NoLegalBasis },
            { "S-063", true, true, true, [Stranger], TrackAnswer.NotAContact },
            { "S-064", true, true, true, [Based, NoBasis], TrackAnswer.TrackedAnonymously },
            { "several share one image", true, false, true, [Based, Based], TrackAnswer.TrackedAnonymously },
        };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Each_case_has_its_answer(
        string why,
        bool accountAllows,
        bool dataPrivacy,
        bool fromIsOwn,
        AskedAbout[] recipients,
        TrackAnswer expected
    )
    {
        var decision = MayTrack.Decide(accountAllows, dataPrivacy, fromIsOwn, Seat.Sales, recipients);

        Assert.True(expected == decision.Answer, why);
        var tracks = expected is TrackAnswer.Tracked or TrackAnswer.TrackedAnonymously;
        Assert.Equal(tracks, decision.Opens);
        Assert.Equal(tracks, decision.Clicks);
        Assert.Equal(tracks || expected == TrackAnswer.NoRecipients, decision.Allowed);
    }

    [Fact]
    public void A_free_seat_tracks_opens_and_leaves_links_alone()
    {
        var decision = MayTrack.Decide(true, false, true, Seat.Free, [Based]);

        Assert.True(decision is { Opens: true, Clicks: false });
    }

    [Theory]
    [InlineData(true, true, true, 1, 1, 1, LogAnswer.Logged)]
    [InlineData(true, true, true, 1, 1, 0, LogAnswer.Logged)]
    [InlineData(true, true, false, 1, 1, 0, LogAnswer.OnlyUnknownContacts)]
    [InlineData(true, true, false, 2, 2, 1, LogAnswer.Logged)]
    [InlineData(true, true, true, 2, 0, 0, LogAnswer.OnlyColleagues)]
    [InlineData(true, true, true, 0, 0, 0, LogAnswer.NoRecipients)]
    [InlineData(true, false, true, 1, 1, 1, LogAnswer.MayOnlyRead)]
    [InlineData(false, true, true, 1, 1, 1, LogAnswer.NotYourAddress)]
    public void Logging_answers_as_the_receiver_will(
        bool fromIsOwn,
        bool mayWrite,
        bool creates,
        int recipients,
        int strangers,
        int contacts,
        LogAnswer expected
    ) => Assert.Equal(expected, MayLog.Decide(fromIsOwn, mayWrite, creates, recipients, strangers, contacts));
}
