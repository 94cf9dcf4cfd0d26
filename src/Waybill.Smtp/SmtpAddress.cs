using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Waybill.Smtp;

/// <summary>A mailbox of the envelope (RFC 5321 4.1.2).</summary>
/// <param name="LocalPart">As meant, without quotes and backslashes: <c>"a\ b"@c</c> gives <c>a b</c>. Case is kept.</param>
/// <param name="Domain">A host name as written, or an address literal with its brackets.</param>
public sealed record SmtpAddress(string LocalPart, string Domain)
{
    static readonly SearchValues<char> AtomText = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-/=?^_`{|}~"
    );

    // RFC 5321 has no underscore in a domain; senders' host names do.
    static readonly SearchValues<char> LabelText = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    );

    /// <summary>The address as it may stand between angle brackets, quoted where it must be.</summary>
    public override string ToString()
    {
        if (IsDotAtom(LocalPart))
            return $"{LocalPart}@{Domain}";
        var quoted = new StringBuilder("\"");
        foreach (var c in LocalPart)
            quoted.Append(c is '"' or '\\' ? "\\" : "").Append(c);
        return quoted.Append("\"@").Append(Domain).ToString();
    }

    /// <summary>
    /// Reads a path in angle brackets from the front of <paramref name="text"/>, leading spaces allowed, and leaves what follows
    /// it. A source route (RFC 5321 appendix C) is checked and dropped. The address is null for <c>&lt;&gt;</c>. A path without
    /// a domain is only ever <c>&lt;Postmaster&gt;</c> and gets <paramref name="ownDomain"/>.
    /// </summary>
    internal static bool TryReadPath(ref ReadOnlySpan<char> text, string ownDomain, out SmtpAddress? address)
    {
        address = null;
        var rest = text.TrimStart(' ');
        if (!Take(ref rest, '<'))
            return false;
        if (!Take(ref rest, '>'))
        {
            if (!SkipSourceRoute(ref rest) || !TryReadLocalPart(ref rest, out var local))
                return false;
            if (Take(ref rest, '@'))
            {
                if (!TryReadDomain(ref rest, out var domain))
                    return false;
                address = new(local, domain);
            }
            else if (local.Equals("postmaster", StringComparison.OrdinalIgnoreCase))
                address = new(local, ownDomain);
            else
                return false;
            // RFC 5321 4.5.3.1.3 has 256 with the brackets. Its 64 for the local part is not enforced: SRS and VERP exceed it.
            if (
                Encoding.UTF8.GetByteCount(local) + Encoding.UTF8.GetByteCount(address.Domain) > 253
                || !Take(ref rest, '>')
            )
                return false;
        }
        text = rest;
        return true;
    }

    static bool Take(ref ReadOnlySpan<char> rest, char c)
    {
        if (rest.IsEmpty || rest[0] != c)
            return false;
        rest = rest[1..];
        return true;
    }

    /// <summary>How far it is made of these and of text beyond ASCII (RFC 6531 3.3), which only gets here when SMTPUTF8 allows it.</summary>
    static int RunOf(SearchValues<char> these, ReadOnlySpan<char> text)
    {
        var end = 0;
        while (true)
        {
            var other = text[end..].IndexOfAnyExcept(these);
            if (other < 0)
                return text.Length;
            end += other;
            if (!IsUtf8Text(text[end]))
                return end;
            end++;
        }
    }

    static bool IsUtf8Text(char c) => c >= '\u00A0' && !char.IsWhiteSpace(c);

    static bool SkipSourceRoute(ref ReadOnlySpan<char> rest)
    {
        if (rest.IsEmpty || rest[0] != '@')
            return true;
        do
        {
            if (!Take(ref rest, '@') || !TryReadDomain(ref rest, out _))
                return false;
        } while (Take(ref rest, ','));
        return Take(ref rest, ':');
    }

    static bool TryReadLocalPart(ref ReadOnlySpan<char> rest, out string local)
    {
        if (!rest.IsEmpty && rest[0] == '"')
            return TryReadQuoted(ref rest, out local);
        // Dots in odd places (a..b@, a.@) break the grammar, yet such mailboxes exist and send mail.
        var end = RunOf(AtomText, rest);
        while (end < rest.Length && rest[end] == '.')
            end += 1 + RunOf(AtomText, rest[(end + 1)..]);
        local = end > 0 ? rest[..end].ToString() : "";
        rest = end > 0 ? rest[end..] : rest;
        return end > 0;
    }

    static bool TryReadQuoted(ref ReadOnlySpan<char> rest, out string local)
    {
        var text = new StringBuilder();
        local = "";
        for (var i = 1; i < rest.Length; i++)
        {
            var c = rest[i];
            if (c == '"')
            {
                local = text.ToString();
                rest = rest[(i + 1)..];
                return local.Length > 0;
            }
            if (c == '\\' && ++i < rest.Length)
                c = rest[i];
            if (c is < ' ' or > '~' && !IsUtf8Text(c))
                return false;
            text.Append(c);
        }
        return false;
    }

    static bool TryReadDomain(ref ReadOnlySpan<char> rest, out string domain)
    {
        domain = "";
        if (!rest.IsEmpty && rest[0] == '[')
        {
            var close = rest.IndexOf(']');
            if (close < 0 || !IsAddressLiteral(rest[1..close]))
                return false;
            domain = rest[..(close + 1)].ToString();
            rest = rest[(close + 1)..];
            return true;
        }
        var end = 0;
        while (true)
        {
            var label = RunOf(LabelText, rest[end..]);
            if (label is 0 or > 63 || rest[end] == '-' || rest[end + label - 1] == '-')
                return false;
            end += label;
            if (end >= rest.Length || rest[end] != '.')
                break;
            end++;
        }
        if (end > 255)
            return false;
        domain = rest[..end].ToString();
        rest = rest[end..];
        return true;
    }

    static bool IsAddressLiteral(ReadOnlySpan<char> text) =>
        text.StartsWith("IPv6:", StringComparison.OrdinalIgnoreCase)
            ? IPAddress.TryParse(text[5..], out var six) && six.AddressFamily == AddressFamily.InterNetworkV6
            : text.Count('.') == 3
                && IPAddress.TryParse(text, out var four)
                && four.AddressFamily == AddressFamily.InterNetwork;

    static bool IsDotAtom(ReadOnlySpan<char> local)
    {
        foreach (var atom in local.Split('.'))
            if (local[atom].IsEmpty || RunOf(AtomText, local[atom]) < local[atom].Length)
                return false;
        return true;
    }
}
