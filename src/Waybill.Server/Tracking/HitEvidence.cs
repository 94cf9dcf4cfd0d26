using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace Waybill.Server.Tracking;

/// <summary>One request for a pixel or a link, as it is spooled. Nothing in it is changed later.</summary>
public sealed partial record HitEvidence
{
    const int LongestUserAgent = 512;
    const int LongestHeader = 128;

    static readonly string[] Kept =
    [
        "purpose",
        "sec-purpose",
        "x-purpose",
        "x-moz",
        "accept",
        "accept-language",
        "sec-fetch-dest",
        "sec-fetch-mode",
        "sec-fetch-site",
        "sec-fetch-user",
        "dnt",
        "sec-gpc",
    ];

    /// <summary>Drawn at random on arrival: a lane made anew or another node's lane never repeats it.</summary>
    public required long Id { get; init; }

    public required HitKind Kind { get; init; }
    public required long MailId { get; init; }
    public int Recipient { get; init; }

    /// <summary>Null on an open.</summary>
    public int? Link { get; init; }

    public required DateTime At { get; init; }
    public string UserAgent { get; init; } = "";
    public AddressClass Class { get; init; }
    public string Network { get; init; } = "";

    /// <summary><see cref="RemoteAddress.Pseudonym"/>.</summary>
    public string Address { get; init; } = "";

    /// <summary>Lower-case names. <c>referer</c> is a host name only, <c>x-forwarded-for</c> only says that it was there.</summary>
    public Dictionary<string, string> Headers { get; init; } = [];

    public string Header(string name) => Headers.GetValueOrDefault(name, "");

    public static HitEvidence Of(HttpContext context, HitKind kind, TrackingToken token, LinkKeys keys, DateTime at)
    {
        var from = RemoteAddress.Of(context.Connection.RemoteIpAddress, keys, at);
        return new()
        {
            Id = NewId(),
            Kind = kind,
            MailId = token.MailId,
            Recipient = token.Recipient,
            Link = kind == HitKind.Click ? token.Link : null,
            At = at,
            UserAgent = Capped(context.Request.Headers.UserAgent.ToString(), LongestUserAgent),
            Class = from.Class,
            Network = from.Network,
            Address = from.Pseudonym,
            Headers = Bearing(context.Request.Headers),
        };
    }

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, HitJson.Default.HitEvidence);

    /// <exception cref="JsonException">The bytes are none that <see cref="ToBytes"/> made.</exception>
    public static HitEvidence Read(ReadOnlySpan<byte> bytes) =>
        JsonSerializer.Deserialize(bytes, HitJson.Default.HitEvidence) ?? throw new JsonException("A hit is null.");

    static long NewId()
    {
        Span<byte> bytes = stackalloc byte[8];
        RandomNumberGenerator.Fill(bytes);
        return BinaryPrimitives.ReadInt64LittleEndian(bytes) & long.MaxValue;
    }

    static Dictionary<string, string> Bearing(IHeaderDictionary headers)
    {
        var bearing = new Dictionary<string, string>();
        foreach (var name in Kept)
            if (headers.TryGetValue(name, out var value) && value.Count > 0)
                bearing[name] = Capped(value.ToString(), LongestHeader);
        if (headers.Via.Count > 0)
            bearing["via"] = Capped(Address4Or6().Replace(headers.Via.ToString(), "address"), LongestHeader);
        if (headers.ContainsKey("X-Forwarded-For"))
            bearing["x-forwarded-for"] = "present";
        if (Uri.TryCreate(headers.Referer.ToString(), UriKind.Absolute, out var referer))
            bearing["referer"] =
                referer.HostNameType == UriHostNameType.Dns ? Capped(referer.IdnHost, LongestHeader) : "address";
        return bearing;
    }

    static string Capped(string text, int longest) => text.Length <= longest ? text : text[..longest];

    [GeneratedRegex(@"\d{1,3}(\.\d{1,3}){3}|[0-9A-Fa-f]{0,4}(:[0-9A-Fa-f]{0,4}){2,}")]
    private static partial Regex Address4Or6();
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(HitEvidence))]
sealed partial class HitJson : JsonSerializerContext;
