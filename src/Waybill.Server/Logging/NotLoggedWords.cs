namespace Waybill.Server.Logging;

/// <summary>Each outcome as one sentence a person can act on.</summary>
public static class NotLoggedWords
{
    public static string Sentence(string reason) =>
        Enum.TryParse<WhyNotLogged>(reason, out var why) ? Sentence(why) : reason;

    public static string Sentence(WhyNotLogged why) =>
        why switch
        {
            WhyNotLogged.Unreadable => "The message could not be read as mail.",
            WhyNotLogged.UnknownSender =>
                "The sender is not a user of this account. Add the address as an alias to log from it.",
            WhyNotLogged.SenderIsInactive => "The sender's account is deactivated.",
            WhyNotLogged.SenderMayOnlyRead => "The sender may read records but not log mail.",
            WhyNotLogged.BodyTooLarge => "The body is larger than 2 MB.",
            WhyNotLogged.NoRecipients => "There is no recipient in To or Cc beside the logging address.",
            WhyNotLogged.OnlyColleagues => "All recipients have addresses of this account's own domains.",
            WhyNotLogged.OnlyUnknownContacts =>
                "None of the recipients is a contact, and new contacts are not created.",
            _ => why.ToString(),
        };
}
