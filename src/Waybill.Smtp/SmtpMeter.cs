using System.Diagnostics.Metrics;

namespace Waybill.Smtp;

/// <summary>Meter <c>Waybill.Smtp</c>.</summary>
public sealed class SmtpMeter
{
    readonly Counter<long> sessions;
    readonly UpDownCounter<long> open;
    readonly Counter<long> handshakes;
    readonly Counter<long> mails;
    readonly Counter<long> bytes;
    readonly Counter<long> refusals;

    public SmtpMeter(IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(meters);
        var meter = meters.Create("Waybill.Smtp");
        sessions = meter.CreateCounter<long>("waybill.smtp.sessions", "{session}", "Connections, by mode");
        open = meter.CreateUpDownCounter<long>("waybill.smtp.open", "{session}", "Sessions now open");
        handshakes = meter.CreateCounter<long>("waybill.smtp.tls", "{handshake}", "TLS begun, by outcome");
        mails = meter.CreateCounter<long>("waybill.smtp.mails", "{mail}", "Mails begun, by what became of them");
        bytes = meter.CreateCounter<long>("waybill.smtp.bytes", "By", "Content of stored mails");
        refusals = meter.CreateCounter<long>("waybill.smtp.refusals", "{reply}", "Replies of 4xx and 5xx, by status");
    }

    internal void Opened(SmtpMode mode)
    {
        sessions.Add(1, new KeyValuePair<string, object?>("mode", mode == SmtpMode.Lmtp ? "lmtp" : "smtp"));
        open.Add(1);
    }

    internal void Closed() => open.Add(-1);

    internal void Handshake(bool done) =>
        handshakes.Add(1, new KeyValuePair<string, object?>("outcome", done ? "done" : "failed"));

    /// <param name="reply">Null: the client left before the end.</param>
    /// <param name="size">Bytes handed to the store.</param>
    internal void Mail(SmtpReply? reply, long size)
    {
        var outcome = reply?.Code switch
        {
            250 => "stored",
            >= 500 => "refused",
            null => "cut_short",
            _ => "later",
        };
        mails.Add(1, new KeyValuePair<string, object?>("outcome", outcome));
        if (reply?.Code == 250)
            bytes.Add(size);
    }

    internal void Refused(SmtpReply reply)
    {
        if (reply.Code >= 400)
            refusals.Add(1, new KeyValuePair<string, object?>("status", reply.Status));
    }
}
