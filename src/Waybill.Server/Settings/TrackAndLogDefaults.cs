using Waybill.Server.Identity;

namespace Waybill.Server.Settings;

/// <summary>Whether Track and Log are ticked when a user starts a mail. Their own tick then decides for that mail.</summary>
public readonly record struct TrackAndLogDefaults(bool Track, bool Log)
{
    /// <summary>Until someone chooses otherwise nothing is tracked or logged unasked.</summary>
    public static readonly TrackAndLogDefaults Product = new(false, false);

    /// <summary>What the account enforces, else the user's own default, else the product's (S-019). S-016 stands above all.</summary>
    public static TrackAndLogDefaults For(AccountSettings account, User user) =>
        new(
            account.AllowTracking
                && (account.ApplyDefaultTrack ? account.TrackAllByDefault : user.TracksByDefault ?? Product.Track),
            account.ApplyDefaultLog ? account.LogAllByDefault : user.LogsByDefault ?? Product.Log
        );
}
