using System.Diagnostics.Metrics;

namespace Waybill.Server.Notices;

/// <summary>Meter <c>Waybill.Notices</c>.</summary>
sealed class NoticesMeter : IDisposable
{
    readonly Meter _meter = new("Waybill.Notices");
    readonly Counter<long> _sent;
    readonly Counter<long> _failed;
    long _queued;

    public NoticesMeter()
    {
        _sent = _meter.CreateCounter<long>("waybill.notices.sent", "{notice}", "Notices the relay took");
        _failed = _meter.CreateCounter<long>("waybill.notices.failed", "{notice}", "Notices given up");
        _meter.CreateObservableGauge("waybill.notices.queued", () => Queued, "{notice}", "Notices waiting to leave");
    }

    public long Queued
    {
        get => Interlocked.Read(ref _queued);
        set => Interlocked.Exchange(ref _queued, value);
    }

    public void Sent() => _sent.Add(1);

    public void Failed() => _failed.Add(1);

    public void Dispose() => _meter.Dispose();
}
