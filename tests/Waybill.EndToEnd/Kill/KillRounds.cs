using System.Diagnostics;
using System.Net.Sockets;

namespace Waybill.EndToEnd.Kill;

/// <summary>
/// SIGKILL at random moments: under load, during the recovery at start, during the drain. Whatever was acknowledged must be there in the
/// end, once, all the way to timelines and feed. Used by KillTests and by <c>./bench kill</c>.
/// </summary>
public sealed class KillRounds(string server, string data, Action<string> say) : IDisposable
{
    static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(90);
    readonly int _http = FreePort();
    readonly int _https = FreePort();
    readonly int _smtp = FreePort();
    Process? _process;

    /// <summary>What is wrong in the end, a sentence each; none when nothing acknowledged was lost or doubled.</summary>
    public async Task<IReadOnlyList<string>> RunAsync(int rounds)
    {
        await StartAsync().WaitAsync(StartLimit);
        var ledger = new KillLedger(data);
        using var load = new KillLoad(_http, _smtp, await ledger.AddTrackedMailsAsync());
        load.Start();
        for (var round = 1; round <= rounds; round++)
        {
            var moment = await KillAtSomeMomentAsync(round, load);
            say(
                $"  kill {round} of {rounds}, {moment}; acknowledged so far: {load.Hits.Count} hits, {load.Mails.Count} mails"
            );
        }
        await StartAsync().WaitAsync(StartLimit);
        await load.StopAsync();
        await DrainedAsync();
        var wrong = await ledger.CompareAsync(load, say);
        Kill();
        return wrong;
    }

    async Task<string> KillAtSomeMomentAsync(int round, KillLoad load)
    {
        var started = Stopwatch.StartNew();
        var ready = _process is null ? StartAsync() : Task.CompletedTask;
        if (round % 4 == 0)
        {
            // Into the start: recovery of the spool, migration check, first drain.
            await Task.WhenAny(ready, Task.Delay(Random.Shared.Next(150, 2500)));
            Kill();
            await ready.ContinueWith(_ => { }, TaskScheduler.Default);
            return $"{started.ElapsedMilliseconds} ms after the start";
        }
        await ready.WaitAsync(StartLimit);
        var (hits, mails) = (load.Hits.Count + 60, load.Mails.Count + 6);
        while (load.Hits.Count < hits || load.Mails.Count < mails || !await DrainWorksAsync())
        {
            if (started.Elapsed > StartLimit)
                throw new TimeoutException($"Nothing is acknowledged any more, since round {round}.");
            await Task.Delay(50);
        }
        if (round % 4 == 3)
            load.Pause(); // only the drain is at work
        await Task.Delay(Random.Shared.Next(600));
        Kill();
        load.Resume();
        return round % 4 == 3 ? "while it drained" : "under load";
    }

    Task StartAsync()
    {
        var start = new ProcessStartInfo("dotnet", server)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["WAYBILL_DATA"] = data;
        start.Environment["WAYBILL_DEMO"] = "1";
        start.Environment["WAYBILL_HTTP_PORT"] = $"{_http}";
        start.Environment["WAYBILL_HTTPS_PORT"] = $"{_https}";
        start.Environment["WAYBILL_SMTP_PORT"] = $"{_smtp}";
        start.Environment["Logging__LogLevel__Default"] = "Warning";
        start.Environment.Remove("WAYBILL_URL");
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var process = _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        process.OutputDataReceived += (_, line) => Hear(line.Data);
        process.ErrorDataReceived += (_, line) => Hear(line.Data);
        process.Exited += (_, _) => ready.TrySetException(new InvalidOperationException("Waybill ended."));
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return ready.Task;

        void Hear(string? line)
        {
            if (line?.StartsWith("Waybill is ready", StringComparison.Ordinal) == true)
                ready.TrySetResult();
            else if (line?.Contains("parked", StringComparison.Ordinal) == true)
                say(line);
        }
    }

    void Kill()
    {
        if (_process is not { } process)
            return;
        _process = null;
        process.Kill();
        process.WaitForExit();
        process.Dispose();
    }

    /// <summary>This process has handled something of both lanes, so that the kill meets the drain as well.</summary>
    async Task<bool> DrainWorksAsync() => (await MetricAsync("waybill_spool_drained_total")).Count(n => n != "0") >= 2;

    async Task<List<string>> MetricAsync(string name)
    {
        using var client = new HttpClient();
        var metrics = await client.GetStringAsync(new Uri($"http://127.0.0.1:{_http}/metrics"));
        return
        [
            .. metrics
                .Split('\n')
                .Where(l => l.StartsWith(name + "{", StringComparison.Ordinal))
                .Select(l => l[(l.LastIndexOf('}') + 1)..].Trim().Split(' ')[0]),
        ];
    }

    async Task DrainedAsync()
    {
        var waiting = Stopwatch.StartNew();
        while (true)
        {
            var depths = await MetricAsync("waybill_spool_depth");
            if (depths.Count >= 2 && depths.TrueForAll(d => d == "0"))
                return;
            if (waiting.Elapsed > TimeSpan.FromMinutes(3))
                throw new TimeoutException($"The spool was not drained: {string.Join(", ", depths)} waiting.");
            await Task.Delay(100);
        }
    }

    /// <summary>Below the range the system gives to clients, of which the load takes many while no server holds its port.</summary>
    static int FreePort()
    {
        while (true)
        {
            var port = Random.Shared.Next(20_000, 32_000);
            try
            {
                using var probe = new TcpListener(System.Net.IPAddress.Loopback, port);
                probe.Start();
                return port;
            }
            catch (SocketException) { }
        }
    }

    public void Dispose() => Kill();
}
