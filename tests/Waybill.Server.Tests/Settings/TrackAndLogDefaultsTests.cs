using Waybill.Server.Identity;
using Waybill.Server.Settings;

namespace Waybill.Server.Tests.Settings;

public sealed class TrackAndLogDefaultsTests
{
    /// <summary>Allowed, enforced, enforced value, the user's own, what comes out (S-016, S-017, S-019).</summary>
    public static TheoryData<bool, bool, bool, bool?, bool> Track =>
        new()
        {
            { true, false, false, null, false },
            { true, false, true, null, false },
            { true, false, false, true, true },
            { true, false, true, false, false },
            { true, true, true, false, true },
            { true, true, false, true, false },
            { true, true, true, null, true },
            { false, false, true, true, false },
            { false, true, true, true, false },
        };

    [Theory]
    [MemberData(nameof(Track))]
    public void Track_follows_the_account_then_the_user_then_the_product(
        bool allowed,
        bool enforced,
        bool value,
        bool? own,
        bool expected
    )
    {
        var account = new AccountSettings
        {
            AllowTracking = allowed,
            ApplyDefaultTrack = enforced,
            TrackAllByDefault = value,
        };

        Assert.Equal(expected, TrackAndLogDefaults.For(account, Someone(own, null)).Track);
    }

    /// <summary>Enforced, enforced value, the user's own, what comes out (S-012, S-013, S-019).</summary>
    public static TheoryData<bool, bool, bool?, bool> Log =>
        new()
        {
            { false, false, null, false },
            { false, true, null, false },
            { false, false, true, true },
            { false, true, false, false },
            { true, true, false, true },
            { true, false, true, false },
            { true, true, null, true },
        };

    [Theory]
    [MemberData(nameof(Log))]
    public void Log_follows_the_account_then_the_user_then_the_product(
        bool enforced,
        bool value,
        bool? own,
        bool expected
    )
    {
        var account = new AccountSettings
        {
            AllowTracking = false,
            ApplyDefaultLog = enforced,
            LogAllByDefault = value,
        };

        Assert.Equal(expected, TrackAndLogDefaults.For(account, Someone(null, own)).Log);
    }

    static User Someone(bool? tracks, bool? logs) =>
        new()
        {
            Name = "Anna",
            TracksByDefault = tracks,
            LogsByDefault = logs,
        };
}
