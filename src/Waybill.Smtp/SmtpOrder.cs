using static Waybill.Smtp.SmtpReply;

namespace Waybill.Smtp;

enum SmtpVerb
{
    Helo,
    Ehlo,
    Lhlo,
    StartTls,
    Mail,
    Rcpt,
    Data,
    Rset,
    Noop,
    Vrfy,
    Help,
    Quit,
    NotOffered,
    Http,
    Unknown,
}

/// <summary>How far the session has come.</summary>
enum SmtpStage
{
    Connected,
    Greeted,
    HasSender,
    HasRecipient,
}

/// <summary>Which command may come when (RFC 5321 4.1.4). This table is the whole of the rule.</summary>
static class SmtpOrder
{
    const SmtpReply? Go = null;

    // csharpier-ignore
    static readonly (SmtpVerb Verb, SmtpReply? Connected, SmtpReply? Greeted, SmtpReply? HasSender, SmtpReply? HasRecipient)[] Table =
    [
        //                      Connected    Greeted      HasSender     HasRecipient
        (SmtpVerb.Helo,         Go,          Go,          Go,           Go),
        (SmtpVerb.Ehlo,         Go,          Go,          Go,           Go),
        (SmtpVerb.Lhlo,         Go,          Go,          Go,           Go),
        (SmtpVerb.StartTls,     HelloFirst,  Go,          MailUnderWay, MailUnderWay),
        (SmtpVerb.Mail,         HelloFirst,  Go,          MailAlready,  MailAlready),
        (SmtpVerb.Rcpt,         HelloFirst,  MailFirst,   Go,           Go),
        (SmtpVerb.Data,         HelloFirst,  MailFirst,   NoRecipients, Go),
        (SmtpVerb.Rset,         Go,          Go,          Go,           Go),
        (SmtpVerb.Noop,         Go,          Go,          Go,           Go),
        (SmtpVerb.Vrfy,         Go,          Go,          Go,           Go),
        (SmtpVerb.Help,         Go,          Go,          Go,           Go),
        (SmtpVerb.Quit,         Go,          Go,          Go,           Go),
        (SmtpVerb.NotOffered,   NotOffered,  NotOffered,  NotOffered,   NotOffered),
        (SmtpVerb.Http,         NotHttp,     NotHttp,     NotHttp,      NotHttp),
        (SmtpVerb.Unknown,      Unknown,     Unknown,     Unknown,      Unknown),
    ];

    /// <summary>The refusal, or null when the command may go on.</summary>
    public static SmtpReply? Refusal(SmtpStage stage, SmtpVerb verb)
    {
        var row = Table[(int)verb];
        return stage switch
        {
            SmtpStage.Connected => row.Connected,
            SmtpStage.Greeted => row.Greeted,
            SmtpStage.HasSender => row.HasSender,
            _ => row.HasRecipient,
        };
    }
}
