using System.Diagnostics;

namespace Waybill.EndToEnd;

/// <summary>Makes system calls of a running process fail until disposed, by strace. Where it can't be attached the test is skipped.</summary>
sealed class FailingCalls : IAsyncDisposable
{
    static readonly TimeSpan AttachLimit = TimeSpan.FromSeconds(30);
    readonly Process _strace;

    FailingCalls(Process strace) => _strace = strace;

    /// <param name="how">As strace's <c>inject</c> has it: <c>error=EIO</c>, <c>error=EIO:when=1</c> (the first of each thread).</param>
    public static async Task<FailingCalls> OfAsync(int process, string calls, string how)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/strace"), "strace is not installed.");
        var start = new ProcessStartInfo(
            "strace",
            ["-f", "-o", "/dev/null", "-p", $"{process}", "-e", $"trace={calls}", "-e", $"inject={calls}:{how}"]
        )
        {
            RedirectStandardError = true,
        };
        var strace = Process.Start(start)!;
        using var limit = new CancellationTokenSource(AttachLimit);
        while (await strace.StandardError.ReadLineAsync(limit.Token) is { } said)
            if (said.Contains($"Process {process} attached", StringComparison.Ordinal))
            {
                _ = strace.StandardError.ReadToEndAsync(CancellationToken.None); // it goes on telling of new threads
                return new FailingCalls(strace);
            }
        await strace.WaitForExitAsync(limit.Token);
        strace.Dispose();
        Assert.Skip("strace may not attach here.");
        throw new UnreachableException();
    }

    public async ValueTask DisposeAsync()
    {
        using (var stop = Process.Start("kill", ["-INT", $"{_strace.Id}"]))
            await stop.WaitForExitAsync();
        await _strace.WaitForExitAsync();
        _strace.Dispose();
    }
}
