using System.Diagnostics.Metrics;

namespace Waybill.Server.Spool;

/// <summary>Meter <c>Waybill.Spool</c>, tagged with the lane.</summary>
sealed class SpoolMeter : IDisposable
{
    readonly Meter meter;
    readonly Counter<long> appended;
    readonly Counter<long> refused;
    readonly Counter<long> drained;
    readonly Counter<long> parked;
    readonly Counter<long> outages;
    readonly Histogram<double> flush;

    public SpoolMeter(string lane, Func<long> depth, Func<double> age)
    {
        meter = new("Waybill.Spool", version: null, tags: [new("lane", lane)]);
        appended = meter.CreateCounter<long>("waybill.spool.appended", "{item}", "Items on disk");
        refused = meter.CreateCounter<long>(
            "waybill.spool.refused",
            "{item}",
            "Items the lane could not promise to keep"
        );
        drained = meter.CreateCounter<long>("waybill.spool.drained", "{item}", "Items handled");
        parked = meter.CreateCounter<long>("waybill.spool.parked", "{item}", "Items set aside after repeated failure");
        outages = meter.CreateCounter<long>(
            "waybill.spool.outages",
            "{try}",
            "Tries that failed since what the handler needs is away"
        );
        flush = meter.CreateHistogram<double>("waybill.spool.append.duration", "s", "Longest append of each flush");
        meter.CreateObservableGauge("waybill.spool.depth", depth, "{item}", "Items on disk and not yet settled");
        meter.CreateObservableGauge("waybill.spool.age", age, "s", "Age of the oldest item in hand");
    }

    public void Appended(long items, TimeSpan longest)
    {
        appended.Add(items);
        flush.Record(longest.TotalSeconds);
    }

    public void Refused(long items) => refused.Add(items);

    public void Drained(long items) => drained.Add(items);

    public void Outage() => outages.Add(1);

    public void Parked() => parked.Add(1);

    public void Dispose() => meter.Dispose();
}
