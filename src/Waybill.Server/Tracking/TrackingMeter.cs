using System.Diagnostics.Metrics;

namespace Waybill.Server.Tracking;

/// <summary>Meter <c>Waybill.Tracking</c>.</summary>
public sealed class TrackingMeter
{
    /// <summary>What became of a request for a pixel or link. Tag values.</summary>
    public const string Kept = "kept";

    /// <summary>Not durable within the bound; it was answered all the same and is most likely kept.</summary>
    public const string Late = "late";

    /// <summary>The spool could not promise to keep it; it was answered all the same.</summary>
    public const string Refused = "refused";
    public const string BadToken = "bad_token";
    public const string Head = "head";

    readonly Counter<long> _requests;
    readonly Counter<long> _judged;
    readonly Counter<long> _dropped;

    public TrackingMeter(IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(meters);
        var meter = meters.Create("Waybill.Tracking");
        _requests = meter.CreateCounter<long>("waybill.tracking.requests", "{request}", "Pixels and links asked for");
        _judged = meter.CreateCounter<long>("waybill.tracking.hits", "{hit}", "Hits stored, by verdict");
        _dropped = meter.CreateCounter<long>("waybill.tracking.dropped", "{hit}", "Hits on mails that are deleted");
    }

    public void Request(HitKind kind, string outcome) =>
        _requests.Add(1, new("kind", kind == HitKind.Open ? "open" : "click"), new("outcome", outcome));

    public void Judged(VerdictKind verdict) =>
        _judged.Add(1, new KeyValuePair<string, object?>("verdict", verdict.ToString()));

    public void Dropped() => _dropped.Add(1);
}
