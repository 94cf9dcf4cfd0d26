using System.Globalization;
using System.Text;

namespace Waybill.Smtp;

/// <summary>One command line taken apart: verb and argument, and the arguments of MAIL and RCPT.</summary>
static class SmtpCommand
{
    // Known but not on offer stand as NotOffered. HTTP verbs are those a browser can be made to send
    // across protocols, as in Postfix's smtpd_forbidden_commands.
    static readonly Dictionary<string, SmtpVerb> Verbs = new(StringComparer.OrdinalIgnoreCase)
    {
        ["HELO"] = SmtpVerb.Helo,
        ["EHLO"] = SmtpVerb.Ehlo,
        ["LHLO"] = SmtpVerb.Lhlo,
        ["STARTTLS"] = SmtpVerb.StartTls,
        ["MAIL"] = SmtpVerb.Mail,
        ["RCPT"] = SmtpVerb.Rcpt,
        ["DATA"] = SmtpVerb.Data,
        ["RSET"] = SmtpVerb.Rset,
        ["NOOP"] = SmtpVerb.Noop,
        ["VRFY"] = SmtpVerb.Vrfy,
        ["HELP"] = SmtpVerb.Help,
        ["QUIT"] = SmtpVerb.Quit,
        ["EXPN"] = SmtpVerb.NotOffered,
        ["ETRN"] = SmtpVerb.NotOffered,
        ["AUTH"] = SmtpVerb.NotOffered,
        ["TURN"] = SmtpVerb.NotOffered,
        ["BDAT"] = SmtpVerb.NotOffered,
        ["SEND"] = SmtpVerb.NotOffered,
        ["SOML"] = SmtpVerb.NotOffered,
        ["SAML"] = SmtpVerb.NotOffered,
        ["GET"] = SmtpVerb.Http,
        ["POST"] = SmtpVerb.Http,
        ["PUT"] = SmtpVerb.Http,
        ["HEAD"] = SmtpVerb.Http,
        ["OPTIONS"] = SmtpVerb.Http,
        ["CONNECT"] = SmtpVerb.Http,
    };

    static readonly Dictionary<string, SmtpVerb>.AlternateLookup<ReadOnlySpan<char>> VerbLookup =
        Verbs.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <param name="line">Without its CRLF, one char a byte.</param>
    /// <param name="argument">What follows the verb and a space, trailing spaces cut (RFC 5321 4.1.1).</param>
    public static SmtpVerb Read(ReadOnlySpan<char> line, out ReadOnlySpan<char> argument)
    {
        var space = line.IndexOf(' ');
        argument = space < 0 ? default : line[(space + 1)..].Trim(' ');
        return VerbLookup.TryGetValue(space < 0 ? line : line[..space], out var verb) ? verb : SmtpVerb.Unknown;
    }

    /// <summary>Reads <c>FROM:&lt;path&gt; [SIZE=n] [BODY=7BIT|8BITMIME] [SMTPUTF8]</c>. Returns the refusal, or null.</summary>
    public static SmtpReply? ReadSender(ReadOnlySpan<char> argument, SmtpReceiverOptions options, out Sender sender)
    {
        sender = default;
        if (!Ascii.IsValid(argument) && Decode(ref argument, HasUtf8(argument)) is { } notText)
            return notText;
        if (!argument.StartsWith("FROM:", StringComparison.OrdinalIgnoreCase))
            return SmtpReply.BadSender;
        argument = argument[5..];
        if (!SmtpAddress.TryReadPath(ref argument, options.HostName, out var address) || !IsEndOfPath(argument))
            return SmtpReply.BadSender;

        long? size = null;
        bool? is8Bit = null;
        var isUtf8 = false;
        foreach (var range in argument.Split(' '))
        {
            var parameter = argument[range];
            if (parameter.IsEmpty)
                continue;
            var equals = parameter.IndexOf('=');
            var name = equals < 0 ? parameter : parameter[..equals];
            var value = equals < 0 ? default : parameter[(equals + 1)..];
            if (name.Equals("SIZE", StringComparison.OrdinalIgnoreCase))
            {
                // RFC 1870 3: up to 20 digits, which a long cannot hold; a number we cannot hold is surely too large.
                if (size is not null || value.Length is 0 or > 20 || value.ContainsAnyExceptInRange('0', '9'))
                    return SmtpReply.BadParameter;
                size = long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes)
                    ? bytes
                    : long.MaxValue;
            }
            else if (name.Equals("BODY", StringComparison.OrdinalIgnoreCase))
            {
                var eight = value.Equals("8BITMIME", StringComparison.OrdinalIgnoreCase);
                if (is8Bit is not null || !(eight || value.Equals("7BIT", StringComparison.OrdinalIgnoreCase)))
                    return SmtpReply.BadParameter;
                is8Bit = eight;
            }
            else if (name.Equals(Utf8, StringComparison.OrdinalIgnoreCase))
            {
                if (isUtf8 || equals >= 0)
                    return SmtpReply.BadParameter;
                isUtf8 = true;
            }
            else
                return SmtpReply.UnknownParameter;
        }
        sender = new(address, size, is8Bit ?? false, isUtf8);
        return size > options.MaxMessageBytes ? SmtpReply.TooLarge : null;
    }

    /// <summary>Reads <c>TO:&lt;path&gt;</c>; we offer no extension with RCPT parameters. Returns the refusal, or null.</summary>
    public static SmtpReply? ReadRecipient(
        ReadOnlySpan<char> argument,
        SmtpReceiverOptions options,
        bool isUtf8,
        out SmtpAddress? recipient
    )
    {
        recipient = null;
        if (!Ascii.IsValid(argument) && Decode(ref argument, isUtf8) is { } notText)
            return notText;
        if (!argument.StartsWith("TO:", StringComparison.OrdinalIgnoreCase))
            return SmtpReply.BadRecipient;
        argument = argument[3..];
        if (
            !SmtpAddress.TryReadPath(ref argument, options.HostName, out recipient)
            || recipient is null
            || !IsEndOfPath(argument)
        )
            return SmtpReply.BadRecipient;
        return argument.Trim(' ').IsEmpty ? null : SmtpReply.UnknownParameter;
    }

    // RFC 6531 3.4: told with MAIL, and then for the whole mail.
    const string Utf8 = "SMTPUTF8";

    static bool HasUtf8(ReadOnlySpan<char> argument)
    {
        var parameters = argument[(argument.LastIndexOf('>') + 1)..];
        foreach (var parameter in parameters.Split(' '))
            if (parameters[parameter].Equals(Utf8, StringComparison.OrdinalIgnoreCase))
                return true;
        return false;
    }

    /// <summary>From one char a byte to text.</summary>
    static SmtpReply? Decode(ref ReadOnlySpan<char> argument, bool isUtf8)
    {
        if (!isUtf8)
            return SmtpReply.NotAscii;
        try
        {
            argument = Strict.GetString(Encoding.Latin1.GetBytes(argument.ToString()));
            return null;
        }
        catch (DecoderFallbackException)
        {
            return SmtpReply.NotUtf8;
        }
    }

    static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    static bool IsEndOfPath(ReadOnlySpan<char> rest) => rest.IsEmpty || rest[0] == ' ';

    public readonly record struct Sender(SmtpAddress? Address, long? Size, bool Is8Bit, bool IsUtf8);
}
