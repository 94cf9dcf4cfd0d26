using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using MailKit.Net.Smtp;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MimeKit;
using Waybill.Server.Demo;
using Waybill.Server.Storage;
using Waybill.Server.Tracking;

namespace Waybill.Benchmarks;

/// <summary>SIGKILL at random moments under hits and mails; whatever was answered with success must be found after the restart.</summary>
static class Kill
{
    const int Readers = 12;
    const int Senders = 6;
    static readonly ConcurrentBag<string> Hits = [];
    static readonly ConcurrentBag<string> Mails = [];
    static readonly (int Http, int Https, int Smtp) Port = (FreePort(), FreePort(), FreePort());

    /// <summary>Writes what was acknowledged to a file, one name a line: hits by user agent, mails by subject.</summary>
    public static async Task RunAsync(string server, string data, string pathsFile, string acknowledged, int rounds)
    {
        var paths = await File.ReadAllLinesAsync(pathsFile);
        for (var round = 1; round <= rounds; round++)
        {
            using var running = await StartAsync(server, data);
            var after = TimeSpan.FromMilliseconds(Random.Shared.Next(300, 2000));
            using var stop = new CancellationTokenSource();
            var load = Enumerable
                .Range(0, Readers)
                .Select(n => ReadAsync($"{round}.{n}", paths, stop.Token))
                .Concat(Enumerable.Range(0, Senders).Select(n => SendAsync($"{round}.{n}", stop.Token)))
                .ToList();
            await Task.Delay(after);
            running.Kill();
            await running.WaitForExitAsync();
            await stop.CancelAsync();
            await Task.WhenAll(load);
            await Console.Error.WriteLineAsync(
                $"  kill {round} of {rounds} after {after.TotalMilliseconds:0} ms; acknowledged so far: {Hits.Count} hits, {Mails.Count} mails"
            );
        }
        using (var last = await StartAsync(server, data))
        {
            await DrainedAsync();
            last.Kill();
            await last.WaitForExitAsync();
        }
        await File.WriteAllLinesAsync(acknowledged, Hits.Concat(Mails));
    }

    /// <returns>0 when nothing acknowledged was lost, 1 when something was.</returns>
    public static async Task<int> FindAsync(string data, string acknowledged)
    {
        var names = (await File.ReadAllLinesAsync(acknowledged)).ToLookup(name =>
            name.StartsWith("hit/", StringComparison.Ordinal)
        );
        await using var app = Mint.Open(data);
        await using var scope = app.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AppDb>();
        var lost = 0;
        lost += Compare("hits", [.. names[true]], await db.Set<Hit>().Select(h => h.UserAgent).ToListAsync());
        lost += Compare("mails", [.. names[false]], await db.Set<DemoMessage>().Select(m => m.Subject).ToListAsync());
        return lost == 0 ? 0 : 1;
    }

    /// <summary>More may be found than was acknowledged: what was on disk when the answer could no longer leave.</summary>
    static int Compare(string what, List<string> acknowledged, List<string> found)
    {
        var stored = found.ToHashSet();
        var lost = acknowledged.FindAll(name => !stored.Contains(name)).Count;
        Console.WriteLine(
            $"{what}: acknowledged {acknowledged.Count}, found {stored.Count}, lost {lost}, stored twice {found.Count - stored.Count}"
        );
        return lost;
    }

    static async Task ReadAsync(string name, string[] paths, CancellationToken stop)
    {
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false };
        using var client = new HttpClient(handler);
        for (var n = 0; !stop.IsCancellationRequested; n++)
        {
            var path = paths[Random.Shared.Next(paths.Length)];
            using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{Port.Http}{path}");
            var agent = $"hit/{name}.{n}";
            request.Headers.UserAgent.ParseAdd(agent);
            try
            {
                using var answer = await client.SendAsync(request, stop);
                if (answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Found)
                    Hits.Add(agent);
            }
            catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
            {
                return;
            }
        }
    }

    static async Task SendAsync(string name, CancellationToken stop)
    {
        try
        {
            using var client = new SmtpClient();
            await client.ConnectAsync("127.0.0.1", Port.Smtp, useSsl: false, stop);
            for (var n = 0; !stop.IsCancellationRequested; n++)
            {
                var mail = new MimeMessage { Subject = $"mail {name}.{n}", Body = Body(n) };
                mail.From.Add(new MailboxAddress("Kill", "kill@perf.test"));
                mail.To.Add(new MailboxAddress("Reader", "reader@perf.test"));
                await client.SendAsync(mail, stop);
                Mails.Add(mail.Subject);
            }
        }
        catch (Exception error)
            when (error
                    is IOException
                        or SocketException
                        or SmtpProtocolException
                        or MailKit.ServiceNotConnectedException
                        or OperationCanceledException
            ) { }
    }

    /// <summary>Every tenth mail is too big for the log and gets a file of its own.</summary>
    static TextPart Body(int n) =>
        new("plain") { Text = string.Concat(Enumerable.Repeat("La de da de da.\r\n", n % 10 == 9 ? 8000 : 300)) };

    static async Task<Process> StartAsync(string server, string data)
    {
        var start = new ProcessStartInfo("dotnet", [server]) { RedirectStandardOutput = true };
        start.Environment["WAYBILL_DATA"] = data;
        start.Environment["WAYBILL_DEMO"] = "1";
        start.Environment["WAYBILL_HTTP_PORT"] = $"{Port.Http}";
        start.Environment["WAYBILL_HTTPS_PORT"] = $"{Port.Https}";
        start.Environment["WAYBILL_SMTP_PORT"] = $"{Port.Smtp}";
        var ready = new TaskCompletionSource();
        var process = new Process { StartInfo = start, EnableRaisingEvents = true };
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data?.StartsWith("Waybill is ready", StringComparison.Ordinal) == true)
                ready.TrySetResult();
        };
        process.Exited += (_, _) => ready.TrySetException(new InvalidOperationException("Waybill ended."));
        process.Start();
        process.BeginOutputReadLine();
        try
        {
            await ready.Task.WaitAsync(TimeSpan.FromSeconds(60));
        }
        catch
        {
            process.Kill();
            throw;
        }
        return process;
    }

    static async Task DrainedAsync()
    {
        using var client = new HttpClient();
        for (var tries = 0; tries < 600; tries++, await Task.Delay(200))
        {
            var metrics = await client.GetStringAsync($"http://127.0.0.1:{Port.Http}/metrics");
            var depths = metrics.Split('\n').Where(l => l.StartsWith("waybill_spool_depth", StringComparison.Ordinal));
            if (depths.All(l => l.Split(' ')[1] == "0"))
                return;
        }
        throw new InvalidOperationException("The spool was not drained within two minutes.");
    }

    static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
