using System.Text;

namespace Waybill.Smtp;

/// <summary>
/// Every reply this server gives, in one place: code (RFC 5321 4.2), enhanced status (RFC 3463), words. A greeting, an EHLO
/// reply and 3xx carry no status (RFC 2034 3).
/// </summary>
sealed class SmtpReply
{
    SmtpReply(int code, string text)
    {
        Code = code;
        Status =
            text.Length > 5 && text[1] == '.'
                ? $"{code} {text[..text.IndexOf(' ', StringComparison.Ordinal)]}"
                : $"{code}";
        Bytes = Encoding.ASCII.GetBytes($"{code} {Clean(text)}\r\n");
    }

    SmtpReply(int code, IReadOnlyList<string> lines)
    {
        Code = code;
        Status = $"{code}";
        var text = new StringBuilder();
        for (var i = 0; i < lines.Count; i++)
            text.Append(code).Append(i == lines.Count - 1 ? ' ' : '-').Append(Clean(lines[i])).Append("\r\n");
        Bytes = Encoding.ASCII.GetBytes(text.ToString());
    }

    public int Code { get; }

    /// <summary>Code and enhanced status: what is counted by.</summary>
    public string Status { get; }
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>The connection is closed after this reply.</summary>
    public bool Closes { get; private init; }

    /// <summary>The client did something wrong, as opposed to us being unable.</summary>
    public bool IsRefusal => Code >= 500;

    // 2xx, 3xx
    public static SmtpReply Banner(string host, SmtpMode mode) =>
        new(220, $"{host} {(mode == SmtpMode.Lmtp ? "LMTP" : "ESMTP")} Waybill");

    public static SmtpReply Hello(string host) => new(250, host);

    public static SmtpReply Extensions(string host, long maxMessageBytes, bool startTls)
    {
        List<string> lines =
        [
            host,
            $"SIZE {maxMessageBytes}",
            "8BITMIME",
            "SMTPUTF8",
            "PIPELINING",
            "ENHANCEDSTATUSCODES",
        ];
        if (startTls)
            lines.Add("STARTTLS");
        return new(250, lines);
    }

    public static SmtpReply Stored(string id) => new(250, $"2.0.0 Stored as {id}");

    public static readonly SmtpReply GoTls = new(220, "2.0.0 Ready to start TLS");
    public static readonly SmtpReply Fine = new(250, "2.0.0 OK");
    public static readonly SmtpReply SenderFine = new(250, "2.1.0 Sender OK");
    public static readonly SmtpReply RecipientFine = new(250, "2.1.5 Recipient OK");
    public static readonly SmtpReply HelpText = new(214, "2.0.0 See RFC 5321");
    public static readonly SmtpReply Bye = new(221, "2.0.0 Bye") { Closes = true };
    public static readonly SmtpReply CannotVerify = new(252, "2.5.0 Cannot verify, send mail and see");
    public static readonly SmtpReply StartMail = new(354, "End data with <CR><LF>.<CR><LF>");

    // 4xx: ours, or not now
    public static readonly SmtpReply ShuttingDown = new(421, "4.3.2 Shutting down, try again soon") { Closes = true };
    public static readonly SmtpReply TooManySessions = new(421, "4.3.2 Too many sessions, try later") { Closes = true };
    public static readonly SmtpReply TimedOut = new(421, "4.4.2 Timed out") { Closes = true };
    public static readonly SmtpReply TooManyErrors = new(421, "4.7.0 Too many errors") { Closes = true };
    public static readonly SmtpReply TooIdle = new(421, "4.7.0 Too many commands without mail") { Closes = true };
    public static readonly SmtpReply TooManyMessages = new(421, "4.7.0 Too many messages, reconnect") { Closes = true };
    public static readonly SmtpReply TryLater = new(451, "4.3.0 Cannot take this now, try later");
    public static readonly SmtpReply TooManyRecipients = new(
        452,
        "4.5.3 Too many recipients, send them in another mail"
    );

    // 5xx: command
    public static readonly SmtpReply Unknown = new(500, "5.5.2 Command not recognised");
    public static readonly SmtpReply CommandTooLong = new(500, "5.5.2 Line too long");
    public static readonly SmtpReply CommandHasNul = new(500, "5.5.2 NUL in command");
    public static readonly SmtpReply CommandNotCrLf = new(500, "5.5.2 Commands end in CRLF") { Closes = true };
    public static readonly SmtpReply NotHttp = new(500, "5.5.2 This is SMTP") { Closes = true };
    public static readonly SmtpReply NotOffered = new(502, "5.5.1 Command not implemented");
    public static readonly SmtpReply NotLmtp = new(500, "5.5.1 This is SMTP, send EHLO");
    public static readonly SmtpReply OnlyLmtp = new(500, "5.5.1 This is LMTP, send LHLO");
    public static readonly SmtpReply HelloNeedsName = new(501, "5.5.4 The greeting needs a host name");
    public static readonly SmtpReply NoArgument = new(501, "5.5.4 No argument allowed");
    public static readonly SmtpReply BadSender = new(501, "5.1.7 Expected MAIL FROM:<address>");
    public static readonly SmtpReply BadRecipient = new(501, "5.1.3 Expected RCPT TO:<address>");
    public static readonly SmtpReply BadParameter = new(501, "5.5.4 Bad or repeated parameter");
    public static readonly SmtpReply NotUtf8 = new(501, "5.5.2 The address is not UTF-8");
    public static readonly SmtpReply NotAscii = new(553, "5.6.7 An address beyond ASCII needs SMTPUTF8 with MAIL");
    public static readonly SmtpReply UnknownParameter = new(555, "5.5.4 Parameter not supported");

    // 5xx: order
    public static readonly SmtpReply StartTlsFirst = new(530, "5.7.0 Must issue a STARTTLS command first");
    public static readonly SmtpReply TlsAlready = new(503, "5.5.1 TLS is active already");
    public static readonly SmtpReply MailUnderWay = new(503, "5.5.1 Not while a mail is under way, send RSET");
    public static readonly SmtpReply HelloFirst = new(503, "5.5.1 Send EHLO first");
    public static readonly SmtpReply MailFirst = new(503, "5.5.1 Send MAIL first");
    public static readonly SmtpReply MailAlready = new(503, "5.5.1 Sender already given");
    public static readonly SmtpReply NoRecipients = new(554, "5.5.1 No valid recipients");
    public static readonly SmtpReply NoRecipientsLmtp = new(503, "5.5.1 No valid recipients");
    public static readonly SmtpReply TalksFirst = new(554, "5.5.0 Wait for the greeting") { Closes = true };

    // 5xx: recipient and content
    public static readonly SmtpReply UnknownMailbox = new(550, "5.1.1 No such mailbox");

    public static SmtpReply RecipientRefused(string reason) => new(550, $"5.7.1 {reason}");

    public static readonly SmtpReply TooLarge = new(552, "5.3.4 Message too large");
    public static readonly SmtpReply FarTooLarge = new(552, "5.3.4 Message too large") { Closes = true };
    public static readonly SmtpReply BareLineEnd = new(550, "5.6.0 Bare CR or LF in message, lines end in CRLF");
    public static readonly SmtpReply ContentHasNul = new(550, "5.6.0 NUL in message");
    public static readonly SmtpReply TextLineTooLong = new(550, "5.6.0 Line too long in message");

    public static readonly SmtpReply TooManyHops = new(
        554,
        "5.4.6 Too many Received fields, this mail goes in circles"
    );

    public static SmtpReply ContentRefused(string reason) => new(554, $"5.6.0 {reason}");

    // RFC 5321 4.5.3.1.5: a reply line has 512 bytes. Words from elsewhere must not write a second reply.
    static string Clean(string text)
    {
        var line = text.Length > 480 ? text[..480] : text;
        return line.AsSpan().ContainsAnyExceptInRange(' ', '~')
            ? string.Concat(line.Select(c => c is >= ' ' and <= '~' ? c : '?'))
            : line;
    }
}
