using Waybill.EndToEnd.Kill;

namespace Waybill.EndToEnd;

/// <summary>
/// SIGKILL under mixed load, at start and while it drains. Whatever was acknowledged, a hit by its image or a mail by its 250, is there in
/// the end, once: rows, counters, feed, timelines, attachments. <c>./bench kill</c> does the same for longer.
/// </summary>
public sealed class KillTests : IDisposable
{
    const int Rounds = 20;
    readonly string _data = Directory.CreateTempSubdirectory("waybill-kill-").FullName;

    [Fact]
    public async Task What_was_acknowledged_survives_kill_9_and_is_there_once()
    {
        var server = Path.Combine(RunningWaybill.Repository(), "artifacts/waybill/Waybill.Server.dll");
        Assert.True(File.Exists(server), "The server is not published. Run ./test, which does it.");
        using var rounds = new KillRounds(server, _data, line => TestContext.Current.TestOutputHelper?.WriteLine(line));
        Assert.Empty(await rounds.RunAsync(Rounds));
    }

    public void Dispose() => Directory.Delete(_data, recursive: true);
}
