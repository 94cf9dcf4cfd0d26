using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Waybill.Mail;
using Waybill.Server.Kernel;

namespace Waybill.Server.Tracking;

/// <summary>What a pixel or click URL of ours names. Recipient 0: everyone the mail went to carries this URL.</summary>
public readonly record struct TrackingToken(long MailId, int Recipient, int Link);

/// <summary>
/// Makes and reads <c>{TrackingUrl}/t/o/{token}.gif</c> and <c>{TrackingUrl}/t/c/{token}/{target}</c>. A token is base64url of: key id
/// (1 byte), mail, recipient and, on clicks, link as varints, then the first 96 bits of HMAC-SHA256 over the path's letter, those bytes and
/// the target. The letter is the version: another format takes another letter. Only the one spelling we made is accepted.
/// </summary>
public sealed class TrackingTokens(LinkKeys keys, WaybillOptions options)
{
    const int MacBytes = 12;
    const int LongestPayload = 1 + 10 + 5 + 5;
    const byte Open = (byte)'o';
    const byte Click = (byte)'c';

    /// <summary>A target in ASCII; a URL of 2,700 characters still passes mail clients and gateways.</summary>
    public const int LongestTarget = 2000;

    public string PixelUrl(long mailId, int recipient = 0) =>
        $"{options.TrackingUrl}/t/o/{Sign(Open, new(mailId, recipient, 0), default)}.gif";

    /// <exception cref="ArgumentException">The target is none that <see cref="CanWrap"/> accepts.</exception>
    public string ClickUrl(long mailId, int link, string target, int recipient = 0)
    {
        if (!TryTarget(target, out var ascii))
            throw new ArgumentException("Not an http or https URL of at most 2,000 characters.", nameof(target));
        var bytes = Encoding.ASCII.GetBytes(ascii);
        return $"{options.TrackingUrl}/t/c/{Sign(Click, new(mailId, recipient, link), bytes)}/{Base64Url.EncodeToString(bytes)}";
    }

    /// <summary>True for an absolute http or https URL that fits.</summary>
    public static bool CanWrap(string target) => TryTarget(target, out _);

    /// <param name="token">What stands between <c>/t/o/</c> and <c>.gif</c>.</param>
    /// <param name="open">The mail and recipient it names.</param>
    public bool TryReadOpen(ReadOnlySpan<char> token, out TrackingToken open) =>
        TryRead(Open, token, default, out open);

    /// <param name="token">The first part after <c>/t/c/</c>.</param>
    /// <param name="target">The second part.</param>
    /// <param name="click">The mail, recipient and link it names.</param>
    /// <param name="url">The signed target: http or https, printable ASCII.</param>
    public bool TryReadClick(
        ReadOnlySpan<char> token,
        ReadOnlySpan<char> target,
        out TrackingToken click,
        [NotNullWhen(true)] out string? url
    )
    {
        (click, url) = (default, null);
        Span<byte> bytes = stackalloc byte[LongestTarget];
        if (!TryDecode(target, bytes, out var length) || !TryRead(Click, token, bytes[..length], out click))
            return false;
        url = Encoding.ASCII.GetString(bytes[..length]);
        return true;
    }

    /// <summary>
    /// The pixel or click of ours that this URL is, under any host name and inside what others put around it
    /// (Gmail's image proxy, Safe Links); null when it isn't or the signature is wrong.
    /// </summary>
    public OwnUrl? Own(string url)
    {
        ArgumentNullException.ThrowIfNull(url);
        for (var layers = 0; layers < 3 && url.Length <= 16_000; layers++)
        {
            if (!Uri.TryCreate(url.Trim(), UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
                return null;
            if (OfPath(uri.AbsolutePath) is { } own)
                return own;
            if (Inner(uri) is not { } inner)
                return null;
            url = inner;
        }
        return null;
    }

    OwnUrl? OfPath(string path)
    {
        if (
            path.IndexOf("/t/o/", StringComparison.Ordinal) is >= 0 and var o
            && path.EndsWith(".gif", StringComparison.Ordinal)
            && TryReadOpen(path.AsSpan(o + 5)[..^4], out _)
        )
            return OwnUrl.Pixel;
        if (
            path.IndexOf("/t/c/", StringComparison.Ordinal) is >= 0 and var c
            && path.IndexOf('/', c + 5) is > 0 and var slash
            && TryReadClick(path.AsSpan(c + 5, slash - c - 5), path.AsSpan(slash + 1), out _, out var target)
        )
            return OwnUrl.Click(target);
        return null;
    }

    /// <summary>Gmail's proxy carries the image's URL in the fragment, Safe Links the link's in the parameter url.</summary>
    static string? Inner(Uri uri)
    {
        if (uri.Fragment.StartsWith("#http", StringComparison.Ordinal))
            return Uri.UnescapeDataString(uri.Fragment[1..]);
        foreach (var pair in uri.Query.TrimStart('?').Split('&'))
            if (pair.StartsWith("url=http", StringComparison.Ordinal))
                return Uri.UnescapeDataString(pair[4..]);
        return null;
    }

    string Sign(byte letter, TrackingToken token, ReadOnlySpan<byte> target)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(token.MailId);
        ArgumentOutOfRangeException.ThrowIfNegative(token.Recipient);
        ArgumentOutOfRangeException.ThrowIfNegative(token.Link);
        Span<byte> bytes = stackalloc byte[LongestPayload + MacBytes];
        bytes[0] = keys.NewestId;
        var length = 1;
        length += WriteVarint(bytes[length..], token.MailId);
        length += WriteVarint(bytes[length..], token.Recipient);
        if (letter == Click)
            length += WriteVarint(bytes[length..], token.Link);
        Mac(keys.Find(keys.NewestId)!, letter, bytes[..length], target, bytes.Slice(length, MacBytes));
        return Base64Url.EncodeToString(bytes[..(length + MacBytes)]);
    }

    bool TryRead(byte letter, ReadOnlySpan<char> text, ReadOnlySpan<byte> target, out TrackingToken token)
    {
        token = default;
        Span<byte> bytes = stackalloc byte[LongestPayload + MacBytes];
        if (!TryDecode(text, bytes, out var length) || length <= MacBytes || keys.Find(bytes[0]) is not { } key)
            return false;
        var payload = bytes[..(length - MacBytes)];
        Span<byte> mac = stackalloc byte[MacBytes];
        Mac(key, letter, payload, target, mac);
        if (!CryptographicOperations.FixedTimeEquals(mac, bytes[payload.Length..length]))
            return false;
        // Ours from here on: the signature vouches for the shape.
        var at = 1;
        var mail = ReadVarint(payload, ref at);
        var recipient = (int)ReadVarint(payload, ref at);
        token = new(mail, recipient, letter == Click ? (int)ReadVarint(payload, ref at) : 0);
        return true;
    }

    static void Mac(
        ReadOnlySpan<byte> key,
        byte letter,
        ReadOnlySpan<byte> payload,
        ReadOnlySpan<byte> target,
        Span<byte> mac
    )
    {
        // The payload's length separates it from the target.
        Span<byte> signed = stackalloc byte[2 + LongestPayload + LongestTarget];
        signed[0] = letter;
        signed[1] = (byte)payload.Length;
        payload.CopyTo(signed[2..]);
        target.CopyTo(signed[(2 + payload.Length)..]);
        Span<byte> whole = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, signed[..(2 + payload.Length + target.Length)], whole);
        whole[..MacBytes].CopyTo(mac);
    }

    /// <summary>The decoder skips white space and ignores the last character's spare bits; encoding again shows it.</summary>
    static bool TryDecode(ReadOnlySpan<char> text, Span<byte> bytes, out int length)
    {
        length = 0;
        if (
            text.IsEmpty
            || text.Length > Base64Url.GetEncodedLength(bytes.Length)
            || !Base64Url.IsValid(text, out var expected)
        )
            return false;
        if (expected > bytes.Length || !Base64Url.TryDecodeFromChars(text, bytes, out length))
            return false;
        Span<char> again = stackalloc char[Base64Url.GetEncodedLength(length)];
        return Base64Url.TryEncodeToChars(bytes[..length], again, out var written)
            && text.SequenceEqual(again[..written]);
    }

    /// <summary>As the sender wrote it where that is printable ASCII, else escaped, since it becomes a header.</summary>
    static bool TryTarget(string target, out string ascii)
    {
        ascii = target.Trim();
        if (
            !Uri.TryCreate(ascii, UriKind.Absolute, out var uri)
            || uri.Scheme is not ("http" or "https")
            || uri.Host.Length == 0
        )
            return false;
        if (ascii.AsSpan().IndexOfAnyExceptInRange('!', '~') >= 0)
            ascii = new UriBuilder(uri) { Host = uri.IdnHost }
                .Uri
                .AbsoluteUri;
        return ascii.Length <= LongestTarget && ascii.AsSpan().IndexOfAnyExceptInRange('!', '~') < 0;
    }

    static int WriteVarint(Span<byte> bytes, long value)
    {
        var length = 0;
        for (var rest = (ulong)value; ; rest >>= 7)
        {
            bytes[length++] = (byte)(rest < 0x80 ? rest : rest & 0x7f | 0x80);
            if (rest < 0x80)
                return length;
        }
    }

    static long ReadVarint(ReadOnlySpan<byte> bytes, ref int at)
    {
        var value = 0UL;
        for (var shift = 0; at < bytes.Length; shift += 7)
        {
            var next = bytes[at++];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
                break;
        }
        return (long)value;
    }
}
