using System.Diagnostics;

namespace Waybill.EndToEnd.Kill;

/// <summary>
/// SIGKILL at random moments: under load, during the recovery at start, during the drain. Whatever was acknowledged must be there in the
/// end, once, all the way to timelines and feed. Used by KillTests and by <c>./bench kill</c>.
/// </summary>
public sealed class KillRounds(string program, string data, Action<string> say) : IDisposable
{
    static readonly TimeSpan RoundLimit = TimeSpan.FromMinutes(5);
    readonly KillServer _server = new(program, data, say);

    /// <summary>What is wrong in the end, a sentence each; none when nothing acknowledged was lost or doubled.</summary>
    public async Task<IReadOnlyList<string>> RunAsync(int rounds)
    {
        await _server.StartAsync();
        var ledger = new KillLedger(data);
        var load = new KillLoad(_server.Http, _server.Smtp, await ledger.AddTrackedMailsAsync());
        load.Start();
        for (var round = 1; round <= rounds; round++)
        {
            var moment = await KillAtSomeMomentAsync(round, load);
            say(
                $"  kill {round} of {rounds}, {moment}; acknowledged so far: {load.Hits.Count} hits, {load.Mails.Count} mails"
            );
        }
        await _server.StartAsync();
        await load.StopAsync();
        await _server.ArrivedAsync(ledger, load);
        _server.Kill(); // what is compared stands still
        return await ledger.CompareAsync(load, say);
    }

    async Task<string> KillAtSomeMomentAsync(int round, KillLoad load)
    {
        var started = Stopwatch.StartNew();
        var ready = _server.Runs ? Task.CompletedTask : _server.StartAsync();
        if (round % 4 == 0)
        {
            // Into the start: recovery of the spool, migration check, first drain.
            await Task.WhenAny(ready, Task.Delay(Random.Shared.Next(150, 2500)));
            _server.Kill();
            await ready.ContinueWith(_ => { }, TaskScheduler.Default);
            return $"{started.ElapsedMilliseconds} ms after the start";
        }
        await ready;
        var (hits, mails) = (load.Hits.Count + 60, load.Mails.Count + 6);
        while (load.Hits.Count < hits || load.Mails.Count < mails || !await DrainWorksAsync())
        {
            if (started.Elapsed > RoundLimit)
                throw new TimeoutException($"Nothing is acknowledged any more, since round {round}.");
            await Task.Delay(50);
        }
        if (round % 4 == 3)
            load.Pause(); // only the drain is at work
        await Task.Delay(Random.Shared.Next(600));
        _server.Kill();
        load.Resume();
        return round % 4 == 3 ? "while it drained" : "under load";
    }

    /// <summary>This process has handled something of both lanes, so that the kill meets the drain as well.</summary>
    async Task<bool> DrainWorksAsync() =>
        (await _server.MetricAsync("waybill_spool_drained_total")).Count(n => n != "0") >= 2;

    public void Dispose() => _server.Dispose();
}
