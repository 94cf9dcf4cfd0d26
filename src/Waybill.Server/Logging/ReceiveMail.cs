using Waybill.Server.Kernel;
using Waybill.Server.Spool;
using Waybill.Smtp;

namespace Waybill.Server.Logging;

/// <summary>The receiver's two questions: may this recipient receive, and are these bytes safe on disk.</summary>
public sealed class ReceiveMail(
    WaybillOptions options,
    IEnumerable<MailDestination> destinations,
    [FromKeyedServices(ReceiveMail.Lane)] SpoolLane lane,
    ILogger<ReceiveMail> log
)
{
    public const string Lane = "mail";

    readonly MailDestination[] _destinations = [.. destinations];

    public ValueTask<RecipientAnswer> MayReceive(SmtpEnvelope soFar, SmtpAddress recipient, CancellationToken stop)
    {
        if (!EmailAddress.TryParse(recipient.ToString(), out var address))
            return new(RecipientAnswer.UnknownMailbox);
        if (address.Text == options.ForwardAddress)
            return new(
                RecipientAnswer.Refused("Logging by forwarding is not available yet; put the BCC address in Bcc")
            );
        return new(
            _destinations.Any(d => d.Accepts(address)) ? RecipientAnswer.Accept : RecipientAnswer.UnknownMailbox
        );
    }

    /// <summary>250 follows only when this has returned Stored, and it returns Stored only when the raw bytes are durable, under our trace header.</summary>
    public async ValueTask<StoreAnswer> StoreAsync(SmtpEnvelope envelope, Stream content, CancellationToken stop)
    {
        var head = new MailEnvelope(
            envelope.MailFrom?.ToString(),
            [.. envelope.Recipients.Select(r => r.ToString())],
            envelope.ReceivedAt.UtcDateTime,
            envelope.Helo
        );
        try
        {
            await using var traced = new TracedContent(TraceHeader.Final(envelope), content);
            var id = await lane.AppendAsync(head.ToBytes(), traced, stop);
            return StoreAnswer.Stored($"{id}");
        }
        catch (SpoolUnavailableException unavailable)
        {
            log.LogError(unavailable, "A mail was turned away: the spool can't take it");
            return StoreAnswer.TryLater;
        }
    }

    /// <summary>The drain: hands each mail to whom it names.</summary>
    public static async Task DrainAsync(
        IEnumerable<MailDestination> destinations,
        IReadOnlyList<SpoolItem> items,
        CancellationToken stop
    )
    {
        foreach (var item in items)
        {
            var mail = SpooledMail.From(item);
            foreach (var destination in destinations.Where(d => mail.Envelope.Addresses.Any(d.Accepts)))
                await destination.DeliverAsync(mail, stop);
        }
    }
}
