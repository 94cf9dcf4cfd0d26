namespace Waybill.Server.Spool;

/// <summary>
/// Hands a lane's items to its handler in order. A batch that fails is tried item by item; an item that fails waits
/// aside for its next try while the others go on, and is parked after <see cref="SpoolOptions.Tries"/>. An outage
/// holds everything, in order, until it is over. After a crash items may be handed out again; one that keeps taking the
/// process down is parked as well, see <see cref="Tries"/>.
/// </summary>
public sealed class SpoolDrain(
    SpoolLane lane,
    SpoolHandler handler,
    TimeProvider time,
    ILogger<SpoolDrain> log,
    Func<CancellationToken, Task>? ready = null
) : BackgroundService, IHostedLifecycleService
{
    readonly SortedList<long, (SpoolItem Item, DateTime Due, Exception Error)> failing = [];

    /// <summary>
    /// An item the process died over waits so much longer: a server that something else ends again and again does not live to try it,
    /// and does not blame it.
    /// </summary>
    const int DeathWait = 10;

    readonly SpoolOptions options = lane.Options;
    long readTo = lane.SettledTo;

    DateTime Now => time.GetUtcNow().UtcDateTime;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            // Here, not in the handler: no item is to blame when the server ends before it could be tried.
            await (ready?.Invoke(stoppingToken) ?? Task.CompletedTask);
        }
        catch (Exception)
        {
            return; // it will never be ready, and the server ends saying why
        }
        for (var failures = 0; !stoppingToken.IsCancellationRequested; )
            try
            {
                if (!await DrainSome(stoppingToken))
                    await lane.WaitAsync(UntilNextTry(), stoppingToken);
                else if (options.GatherFor > TimeSpan.Zero)
                    await Task.Delay(options.GatherFor, time, stoppingToken);
                failures = 0;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                log.LogError(e, "The spool lane {Lane} cannot be read or moved on", lane.Name);
                await Task.Delay(options.Backoff(++failures), time, stoppingToken)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
    }

    async Task<bool> DrainSome(CancellationToken ct)
    {
        var due = failing.Values.Where(f => f.Due <= Now).ToList();
        foreach (var (item, _, error) in due)
            // Only a parking that the disk refused leaves an item here with all its tries used.
            if (item.Attempts >= options.Tries)
                Park(item, error);
            else
                await Alone(item, ct);
        var batch = failing.Count < options.MostFailing ? lane.Read() : [];
        if (batch.Count > 0)
        {
            await Batch(batch, ct);
            readTo = batch[^1].Id;
        }
        lane.RetireWhenOld();
        lane.Advance(failing.Count > 0 ? failing.Keys[0] - 1 : readTo);
        return batch.Count > 0 || due.Count > 0;
    }

    async Task Batch(List<SpoolItem> batch, CancellationToken ct)
    {
        // Parked, then a crash before the checkpoint moved on.
        foreach (var item in batch.Where(i => lane.Parked.Contains(i.Id)))
            lane.Settle(item);
        batch.RemoveAll(i => lane.Parked.Contains(i.Id));
        foreach (var item in batch.FindAll(i => lane.Tries.Of(i.Id) > 0))
        {
            batch.Remove(item);
            item.FirstTry = Now;
            Aside(item, lane.Tries.Of(item.Id), new ProcessDiedException());
        }
        var suspects = batch.FindAll(i => lane.Tries.IsSuspect(i.Id));
        foreach (var some in suspects.Chunk(lane.Tries.SuspectsAtATime))
            await Together([.. some], ct);
        await Together(suspects.Count == 0 ? batch : batch.FindAll(i => !lane.Tries.IsSuspect(i.Id)), ct);
    }

    async Task Together(List<SpoolItem> batch, CancellationToken ct)
    {
        if (await Try(batch, ct) is not { } error)
            Handled(batch);
        else if (batch.Count == 1)
            Failed(batch[0], error);
        else
            foreach (var item in batch)
                await Alone(item, ct);
    }

    async Task Alone(SpoolItem item, CancellationToken ct)
    {
        if (await Try([item], ct) is { } error)
            Failed(item, error);
        else
            Handled([item]);
    }

    void Handled(List<SpoolItem> items)
    {
        foreach (var item in items)
        {
            failing.Remove(item.Id);
            lane.Settle(item);
        }
        lane.Meter.Drained(items.Count);
    }

    /// <summary>What the handler failed with; outages are waited out here.</summary>
    async Task<Exception?> Try(List<SpoolItem> items, CancellationToken ct)
    {
        if (items.Count == 0)
            return null;
        foreach (var item in items.Where(i => i.FirstTry == default))
            item.FirstTry = Now;
        lane.InHandSince = items[0].AppendedAt;
        for (var outages = 0; ; )
            try
            {
                await Handle(items, ct);
                return null;
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                throw;
            }
            catch (Exception e) when (options.IsOutage(e))
            {
                lane.Meter.Outage();
                if (outages++ == 0)
                    log.LogWarning(e, "The spool lane {Lane} waits: what its handler needs is away", lane.Name);
                await Task.Delay(options.Backoff(outages), time, ct);
            }
            catch (Exception e)
            {
                return e;
            }
    }

    async Task Handle(List<SpoolItem> items, CancellationToken ct)
    {
        lane.Tries.Begin(items[0].Id, items[^1].Id);
        try
        {
            await handler(items, ct);
        }
        finally
        {
            lane.Tries.End();
        }
    }

    void Failed(SpoolItem item, Exception error) => Aside(item, item.Attempts + 1, error);

    void Aside(SpoolItem item, int attempts, Exception error)
    {
        item.Attempts = attempts;
        lane.Tries.Failed(item.Id, attempts);
        if (item.Attempts >= options.Tries)
            Park(item, error);
        else
            failing[item.Id] = (
                item,
                Now + options.Backoff(item.Attempts) * (error is ProcessDiedException ? DeathWait : 1),
                error
            );
    }

    void Park(SpoolItem item, Exception error)
    {
        try
        {
            lane.Parked.Park(item, error, Now);
        }
        catch (Exception e)
        {
            log.LogError(e, "Item {Item} of the spool lane {Lane} could not be parked", item.Id, lane.Name);
            failing[item.Id] = (item, Now + options.LongestBackoff, error);
            return;
        }
        log.LogError(error, "Item {Item} of the spool lane {Lane} is parked", item.Id, lane.Name);
        failing.Remove(item.Id);
        lane.Settle(item);
        lane.Meter.Parked();
    }

    TimeSpan UntilNextTry()
    {
        var retire = lane.RetireIn();
        if (failing.Count == 0)
            return retire ?? Timeout.InfiniteTimeSpan;
        var next = TimeSpan.FromTicks(
            Math.Max(failing.Values.Min(f => f.Due).Ticks - Now.Ticks, TimeSpan.TicksPerMillisecond)
        );
        return retire < next ? retire.Value : next;
    }

    /// <summary>The failure of an item of which nothing else is known.</summary>
    sealed class ProcessDiedException() : Exception("The server ended while it handled this item.");

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>By now every hosted service, Kestrel included, has stopped: nobody appends any more.</summary>
    public Task StoppedAsync(CancellationToken cancellationToken)
    {
        lane.Dispose();
        return Task.CompletedTask;
    }
}
