using System.Net;

namespace Waybill.Smtp;

/// <summary>The receiver's limits. Sizes are in bytes. The defaults suit a server on the open internet.</summary>
public sealed record SmtpReceiverOptions
{
    /// <summary>The name in the banner, the EHLO reply and the trace header; also the domain of a bare <c>Postmaster</c>.</summary>
    public string HostName { get; init; } = "localhost";

    /// <summary>
    /// The largest message, dot-unstuffed, announced as SIZE (RFC 1870). More is refused with 552; past twice this much
    /// the connection is closed as well.
    /// </summary>
    public long MaxMessageBytes { get; init; } = 150L * 1024 * 1024;

    /// <summary>Recipients of one mail; RFC 5321 4.5.3.1.8 asks for at least 100. One more gets 452 and may come in the next mail.</summary>
    public int MaxRecipients { get; init; } = 100;

    /// <summary>Sessions at one time. One more gets 421 and is closed.</summary>
    public int MaxSessions { get; init; } = 100;

    /// <summary>Sessions at one time from one IPv4 address or one IPv6 /64.</summary>
    public int MaxSessionsPerAddress { get; init; } = 50;

    public int MaxMessagesPerSession { get; init; } = 1000;

    /// <summary>5xx replies since the last stored mail; then 421. It ends address harvesting and talk in another protocol.</summary>
    public int MaxBadCommands { get; init; } = 20;

    /// <summary>Commands that move nothing (EHLO, RSET, NOOP, VRFY, HELP) since the last stored mail; then 421.</summary>
    public int MaxIdleCommands { get; init; } = 100;

    /// <summary>
    /// A command line with its CRLF. RFC 5321 4.5.3.1.4 says 512; SIZE adds 26 (RFC 1870), 8BITMIME 17 (RFC 6152), and
    /// the rest is room for extensions to come.
    /// </summary>
    public int MaxCommandBytes { get; init; } = 1024;

    /// <summary>
    /// A line of the message without its CRLF. RFC 5321 4.5.3.1.6 lets a sender count on 998 only, but programs write HTML
    /// as one line and the mail is still worth logging. No line is ever held in memory here, so this bound is not for us;
    /// it spares readers behind us that hold one.
    /// </summary>
    public int MaxTextLineBytes { get; init; } = 1024 * 1024;

    /// <summary>From our last reply to the CRLF of the next command, however many bytes trickle in (RFC 5321 4.5.3.2.7).</summary>
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>From our 220 to the end of the TLS handshake.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Between two blocks of message data (RFC 5321 4.5.3.2.5).</summary>
    public TimeSpan DataTimeout { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>For one whole message: a sender who drips a byte a minute must not keep a session for ever.</summary>
    public TimeSpan MessageTimeout { get; init; } = TimeSpan.FromHours(1);

    /// <summary>
    /// How long the banner is held back. A client that talks in that time is refused with 554, since only spam engines do not
    /// wait (RFC 5321 3.1). Zero: banner at once and no check, because a race is no rule.
    /// </summary>
    public TimeSpan GreetingDelay { get; init; } = TimeSpan.Zero;

    /// <summary>Received: fields in one mail; one more and it goes in circles. RFC 5321 6.3 asks for 100 at least.</summary>
    public int MaxHops { get; init; } = 100;

    /// <summary>What STARTTLS shows (RFC 3207); null: it is not offered.</summary>
    public SmtpCertificate? Certificate { get; init; }

    /// <summary>Who gets 530 for everything but a greeting until TLS is on.</summary>
    public TlsDemand TlsDemand { get; init; }

    internal bool DemandsTls(IPAddress remote) =>
        TlsDemand switch
        {
            TlsDemand.Nobody => false,
            TlsDemand.Outsiders => !IPAddress.IsLoopback(remote),
            _ => true,
        };

    /// <exception cref="ArgumentException">Names the option that can't work and says why.</exception>
    internal void Check()
    {
        if (HostName.Length is 0 or > 255 || HostName.AsSpan().ContainsAnyExceptInRange('!', '~'))
            throw Mistake(nameof(HostName), $"'{HostName}' is no host name");
        foreach (
            var (name, value, least) in new[]
            {
                (nameof(MaxMessageBytes), MaxMessageBytes, 1),
                (nameof(MaxRecipients), MaxRecipients, 1),
                (nameof(MaxSessions), MaxSessions, 1),
                (nameof(MaxSessionsPerAddress), MaxSessionsPerAddress, 1),
                (nameof(MaxMessagesPerSession), MaxMessagesPerSession, 1),
                (nameof(MaxBadCommands), MaxBadCommands, 1),
                (nameof(MaxIdleCommands), MaxIdleCommands, 1),
                (nameof(MaxHops), MaxHops, 1),
                (nameof(MaxCommandBytes), MaxCommandBytes, 512), // RFC 5321 4.5.3.1.4
                (nameof(MaxTextLineBytes), MaxTextLineBytes, 998), // RFC 5321 4.5.3.1.6
                (nameof(CommandTimeout), CommandTimeout.Ticks, 1),
                (nameof(HandshakeTimeout), HandshakeTimeout.Ticks, 1),
                (nameof(DataTimeout), DataTimeout.Ticks, 1),
                (nameof(MessageTimeout), MessageTimeout.Ticks, 1),
                (nameof(GreetingDelay), GreetingDelay.Ticks, 0),
            }
        )
            if (value < least)
                throw Mistake(name, $"{value} is below the least value, {least}");
        if (TlsDemand != TlsDemand.Nobody && Certificate is null)
            throw Mistake(nameof(TlsDemand), "TLS can't be demanded without a certificate");
    }

    static ArgumentException Mistake(string name, string what) => new($"{nameof(SmtpReceiverOptions)}.{name}: {what}.");
}
