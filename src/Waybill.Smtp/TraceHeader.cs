using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Waybill.Smtp;

/// <summary>What a receiver puts on top of a mail it takes and keeps (RFC 5321 4.4).</summary>
public static class TraceHeader
{
    static readonly SearchValues<char> HostText = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:[]"
    );

    /// <summary>Return-Path: and Received:, for the server where the mail's way ends.</summary>
    public static byte[] Final(SmtpEnvelope envelope)
    {
        ArgumentNullException.ThrowIfNull(envelope);
        return [.. Encoding.UTF8.GetBytes($"Return-Path: <{envelope.MailFrom}>\r\n"), .. For(envelope)];
    }

    /// <summary>
    /// The Received: field, folded, with its last CRLF, ASCII, to be written before the content. "for" is left out: it would show one
    /// blind recipient to another.
    /// </summary>
    public static byte[] For(SmtpEnvelope envelope)
    {
        ArgumentNullException.ThrowIfNull(envelope);
        var tls = envelope.Tls is { } how ? $" ({how})" : "";
        var date = envelope
            .ReceivedAt.ToUniversalTime()
            .ToString("ddd, dd MMM yyyy HH:mm:ss", CultureInfo.InvariantCulture);
        return Encoding.ASCII.GetBytes(
            $"Received: from {Host(envelope.Helo)} ({Literal(envelope.RemoteAddress)})\r\n"
                + $"\tby {Host(envelope.ReceivedBy)} with {envelope.Protocol}{tls} id {Host(envelope.SessionId)};\r\n"
                + $"\t{date} +0000\r\n"
        );
    }

    // The client chose this text; in a header it may be nothing but a name or a literal.
    static string Host(string name) =>
        string.Create(
            name.Length,
            name,
            static (chars, from) =>
            {
                for (var i = 0; i < chars.Length; i++)
                    chars[i] = HostText.Contains(from[i]) ? from[i] : '?';
            }
        );

    static string Literal(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[IPv6:{address}]" : $"[{address}]";
}
