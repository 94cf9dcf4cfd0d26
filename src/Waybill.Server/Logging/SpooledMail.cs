using System.Text.Json;
using System.Text.Json.Serialization;
using Waybill.Server.Kernel;
using Waybill.Server.Spool;

namespace Waybill.Server.Logging;

/// <summary>A mail as the receiver took it: the envelope beside the raw bytes. Bcc recipients stand in the envelope only.</summary>
public sealed record SpooledMail(long SpoolId, MailEnvelope Envelope, Func<Stream> Open)
{
    public static SpooledMail From(SpoolItem item) =>
        new(
            item.OriginId,
            JsonSerializer.Deserialize(item.Head.Span, MailEnvelopeJson.Default.MailEnvelope)!,
            item.OpenBody
        );
}

/// <summary>What the spool keeps beside the bytes.</summary>
public sealed record MailEnvelope(string? From, IReadOnlyList<string> Recipients, DateTime ReceivedAt, string Helo)
{
    public IEnumerable<EmailAddress> Addresses =>
        Recipients.Select(r => EmailAddress.TryParse(r, out var a) ? a : default).Where(a => a != default);

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, MailEnvelopeJson.Default.MailEnvelope);
}

[JsonSerializable(typeof(MailEnvelope))]
sealed partial class MailEnvelopeJson : JsonSerializerContext;
