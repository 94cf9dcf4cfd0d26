using System.Diagnostics;
using System.Net.Sockets;

namespace Waybill.EndToEnd.Kill;

/// <summary>The published server as a process that is killed and started again on the same data and ports.</summary>
public sealed class KillServer(string server, string data, Action<string> say) : IDisposable
{
    static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(3);
    static readonly TimeSpan ArriveLimit = TimeSpan.FromMinutes(3);
    static readonly TimeSpan Idle = TimeSpan.FromSeconds(10);
    readonly int _https = FreePort();
    Process? _process;

    public int Http { get; } = FreePort();
    public int Smtp { get; } = FreePort();
    public bool Runs => _process is not null;
    public int ProcessId => _process!.Id;

    /// <summary>Completes when it is ready.</summary>
    public Task StartAsync()
    {
        var start = new ProcessStartInfo("dotnet", server)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["WAYBILL_DATA"] = data;
        start.Environment["WAYBILL_DEMO"] = "1";
        start.Environment["WAYBILL_HTTP_PORT"] = $"{Http}";
        start.Environment["WAYBILL_HTTPS_PORT"] = $"{_https}";
        start.Environment["WAYBILL_SMTP_PORT"] = $"{Smtp}";
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
        return ready.Task.WaitAsync(StartLimit);

        void Hear(string? line)
        {
            if (line?.StartsWith("Waybill is ready", StringComparison.Ordinal) == true)
                ready.TrySetResult();
            else if (line?.Contains("parked", StringComparison.Ordinal) == true)
                say(line);
        }
    }

    /// <summary>SIGKILL.</summary>
    public void Kill()
    {
        if (_process is not { } process)
            return;
        _process = null;
        process.Kill();
        process.WaitForExit();
        process.Dispose();
    }

    /// <summary>The values of a metric, one for each lane.</summary>
    public async Task<List<string>> MetricAsync(string name)
    {
        using var client = new HttpClient();
        var metrics = await client.GetStringAsync(new Uri($"http://127.0.0.1:{Http}/metrics"));
        return
        [
            .. metrics
                .Split('\n')
                .Where(l => l.StartsWith(name + "{", StringComparison.Ordinal))
                .Select(l => l[(l.LastIndexOf('}') + 1)..].Trim().Split(' ')[0]),
        ];
    }

    /// <summary>
    /// Until every acknowledged hit and mail is there and nothing waits. A count would not do: what was not acknowledged may be there too,
    /// and the metrics are those of a moment ago. When they say for long that nothing waits, what is not there does not come.
    /// </summary>
    public async Task ArrivedAsync(KillLedger ledger, KillLoad load)
    {
        var (waiting, idle) = (Stopwatch.StartNew(), new Stopwatch());
        while (true)
        {
            var depths = await MetricAsync("waybill_spool_depth");
            if (depths.Count < 2 || depths.Exists(d => d != "0"))
                idle.Reset();
            else if (await ledger.MissesNoneAsync(load) || idle.Elapsed > Idle)
                return;
            else
                idle.Start();
            if (waiting.Elapsed > ArriveLimit)
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
