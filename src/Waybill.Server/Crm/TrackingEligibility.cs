using Waybill.Server.Settings;

namespace Waybill.Server.Crm;

/// <summary>May opens and clicks of mail to this contact be tracked?</summary>
public enum TrackingEligibility
{
    Allowed,

    /// <summary>The account allows no tracking at all (S-016).</summary>
    OffForAccount,

    /// <summary>Data privacy is on and nobody said why this contact's data may be processed (S-060, S-062).</summary>
    NoLegalBasis,
}

public static class TrackingEligibilityRule
{
    /// <summary>"Not applicable" is an assigned value and counts: somebody decided it.</summary>
    public static TrackingEligibility Of(Record contact, AccountSettings settings) =>
        !settings.AllowTracking ? TrackingEligibility.OffForAccount
        : settings.DataPrivacy && string.IsNullOrWhiteSpace(contact["hs_legal_basis"])
            ? TrackingEligibility.NoLegalBasis
        : TrackingEligibility.Allowed;
}
