namespace Waybill.Server.Compose;

public enum LogAnswer
{
    Logged,
    NoRecipients,
    NotYourAddress,

    /// <summary>The user may read records but not write them.</summary>
    MayOnlyRead,

    /// <summary>Every recipient is at one of the account's own domains.</summary>
    OnlyColleagues,

    /// <summary>No recipient is a contact, and new contacts are not made (S-088).</summary>
    OnlyUnknownContacts,
}

/// <summary>Will the copy at the logging address be logged? The same answer the receiver comes to, said before sending.</summary>
public static class MayLog
{
    /// <param name="fromIsOwn">From is the user's address or alias.</param>
    /// <param name="mayWrite">The user may write records.</param>
    /// <param name="createsContacts">The account makes contacts of unknown addresses.</param>
    /// <param name="recipients">How many there are.</param>
    /// <param name="strangers">How many are no colleagues.</param>
    /// <param name="contacts">How many of those are contacts.</param>
    public static LogAnswer Decide(
        bool fromIsOwn,
        bool mayWrite,
        bool createsContacts,
        int recipients,
        int strangers,
        int contacts
    ) =>
        !fromIsOwn ? LogAnswer.NotYourAddress
        : !mayWrite ? LogAnswer.MayOnlyRead
        : recipients == 0 ? LogAnswer.NoRecipients
        : strangers == 0 ? LogAnswer.OnlyColleagues
        : contacts == 0 && !createsContacts ? LogAnswer.OnlyUnknownContacts
        : LogAnswer.Logged;
}
