namespace Waybill.Server.Settings;

/// <summary>What the page "Email Log &amp; Track" posts: its check boxes, S-012 to S-017.</summary>
public sealed class LogAndTrackForm
{
    public bool ApplyDefaultLog { get; set; }
    public bool LogAllByDefault { get; set; }
    public bool ApplyDefaultAssociations { get; set; }
    public bool Companies { get; set; }
    public bool Deals { get; set; }
    public bool Tickets { get; set; }
    public bool AllowTracking { get; set; }
    public bool ApplyDefaultTrack { get; set; }
    public bool TrackAllByDefault { get; set; }

    public static LogAndTrackForm Of(AccountSettings account) =>
        new()
        {
            ApplyDefaultLog = account.ApplyDefaultLog,
            LogAllByDefault = account.LogAllByDefault,
            ApplyDefaultAssociations = account.ApplyDefaultAssociations,
            Companies = account.DefaultAssociations.Contains("company"),
            Deals = account.DefaultAssociations.Contains("deal"),
            Tickets = account.DefaultAssociations.Contains("ticket"),
            AllowTracking = account.AllowTracking,
            ApplyDefaultTrack = account.ApplyDefaultTrack,
            TrackAllByDefault = account.TrackAllByDefault,
        };

    /// <summary>
    /// A box is taken only when the box it hangs on is ticked. Otherwise the browser did not send it, being disabled, and what was
    /// chosen before is kept for the day the upper box is ticked again.
    /// </summary>
    public void Apply(AccountSettings account)
    {
        account.ApplyDefaultLog = ApplyDefaultLog;
        if (ApplyDefaultLog)
            account.LogAllByDefault = LogAllByDefault;
        account.ApplyDefaultAssociations = ApplyDefaultAssociations;
        if (ApplyDefaultAssociations)
            account.DefaultAssociations =
            [
                .. new[] { (Companies, "company"), (Deals, "deal"), (Tickets, "ticket") }
                    .Where(t => t.Item1)
                    .Select(t => t.Item2),
            ];
        account.AllowTracking = AllowTracking;
        if (AllowTracking)
            account.ApplyDefaultTrack = ApplyDefaultTrack;
        if (AllowTracking && ApplyDefaultTrack)
            account.TrackAllByDefault = TrackAllByDefault;
    }
}
