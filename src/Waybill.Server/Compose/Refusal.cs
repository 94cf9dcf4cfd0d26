using Waybill.Server.Tracking;

namespace Waybill.Server.Compose;

/// <summary>Why a mail can't be tracked, as it is kept with the mail.</summary>
static class Refusal
{
    /// <summary>Null when it can.</summary>
    public static NotTracked? Of(ComposedMail mail) =>
        mail.Tracking.Answer switch
        {
            TrackAnswer.OffForAccount => new("Tracking is turned off for everyone in {0}.", mail.Account.Name),
            TrackAnswer.NotYourAddress => new("{0} is not one of your addresses.", mail.From),
            TrackAnswer.NotAContact => new("{0} is not a contact yet.", mail.Addressees[0].Shown),
            TrackAnswer.NoLegalBasis => new("{0} has no legal basis for processing.", mail.Addressees[0].Shown),
            _ => null,
        };
}
