using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text;

namespace Waybill.EndToEnd;

/// <summary>The published server, started as ./run starts it, on a clean data folder and ports of its own.</summary>
public sealed class RunningWaybill : IAsyncLifetime
{
    static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(90);

    readonly StringBuilder _output = new();
    Process? _process;

    public string Data { get; } = Directory.CreateTempSubdirectory("waybill-e2e-").FullName;
    public int HttpPort { get; } = FreePort();
    public int HttpsPort { get; } = FreePort();
    public int SmtpPort { get; } = FreePort();
    public string Url => $"http://localhost:{HttpPort}";
    public string SecureUrl => $"https://localhost:{HttpsPort}";

    /// <summary>More of its environment.</summary>
    public Dictionary<string, string> Settings { get; } = [];
    public string DemoPassword { get; private set; } = "";
    public string Output => _output.ToString();

    public async ValueTask InitializeAsync() => await StartAsync();

    public async Task StartAsync()
    {
        var server = Path.Combine(Repository(), "artifacts/waybill/Waybill.Server.dll");
        Assert.True(File.Exists(server), "The server is not published. Run ./test, which does it.");
        var start = new ProcessStartInfo("dotnet", server)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["WAYBILL_DATA"] = Data,
                ["WAYBILL_DEMO"] = "1",
                ["WAYBILL_HTTP_PORT"] = $"{HttpPort}",
                ["WAYBILL_HTTPS_PORT"] = $"{HttpsPort}",
                ["WAYBILL_SMTP_PORT"] = $"{SmtpPort}",
            },
        };
        start.Environment.Remove("WAYBILL_URL");
        foreach (var (key, value) in Settings)
            start.Environment[key] = value;
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) => Hear(line.Data, ready);
        _process.ErrorDataReceived += (_, line) => Hear(line.Data, ready);
        _process.Exited += (ended, _) => Hear($"Ended with code {((Process)ended!).ExitCode}.", ready);
        _process.Exited += (_, _) => ready.TrySetException(new InvalidOperationException($"Waybill ended:\n{Output}"));
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await ready.Task.WaitAsync(StartLimit);
    }

    void Hear(string? line, TaskCompletionSource ready)
    {
        if (line is null)
            return;
        lock (_output)
            _output.AppendLine(line);
        if (
            line.StartsWith("Waybill is ready: ", StringComparison.Ordinal)
            && Settings.GetValueOrDefault("WAYBILL_DEMO") == "0"
        )
            ready.TrySetResult();
        if (line.StartsWith("Demo password: ", StringComparison.Ordinal))
        {
            DemoPassword = line["Demo password: ".Length..];
            ready.TrySetResult();
        }
    }

    /// <summary>A command of the server beside the running one, on the same settings.</summary>
    public async Task<(int Code, string Said)> AskAsync(string command, params (string Key, string Value)[] more)
    {
        var start = new ProcessStartInfo("dotnet", [_process!.StartInfo.Arguments, command])
        {
            RedirectStandardOutput = true,
        };
        foreach (var (key, value) in _process.StartInfo.Environment)
            start.Environment[key] = value;
        foreach (var (key, value) in more)
            start.Environment[key] = value;
        using var asked = Process.Start(start)!;
        var said = await asked.StandardOutput.ReadToEndAsync();
        await asked.WaitForExitAsync();
        return (asked.ExitCode, said);
    }

    /// <summary>SIGTERM, as systemd stops it; the exit code.</summary>
    public async Task<int> TerminateAsync(TimeSpan within)
    {
        using var limit = new CancellationTokenSource(within);
        Process.Start("kill", ["-TERM", $"{_process!.Id}"]).Dispose();
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    /// <summary>SIGKILL: nothing gets to clean up.</summary>
    public async Task KillAsync()
    {
        if (_process is null)
            return;
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        // What the server said, kept with the other results of a run when asked for.
        if (Environment.GetEnvironmentVariable("WAYBILL_TEST_RESULTS") is { Length: > 0 } folder)
            await File.WriteAllTextAsync(
                Path.Combine(Directory.CreateDirectory(folder).FullName, $"server-{HttpPort}.log"),
                Output
            );
        Directory.Delete(Data, recursive: true);
    }

    public static string Repository([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../.."));

    static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
