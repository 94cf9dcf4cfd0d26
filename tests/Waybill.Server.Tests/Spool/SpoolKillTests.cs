using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Waybill.Server.Spool;

namespace Waybill.Server.Tests.Spool;

/// <summary>
/// These start this test program again and run one explicit test in it, which needs the folder in
/// <c>WAYBILL_SPOOL_CHILD</c>.
/// </summary>
public sealed class SpoolKillTests : LaneFolder
{
    const string FolderVariable = "WAYBILL_SPOOL_CHILD";

    [Fact]
    public async Task Kill_9_loses_no_acknowledged_item()
    {
        var settled = 0L;
        var total = 0;
        for (var round = 0; round < 10; round++)
        {
            var acknowledgements = Path.Combine(Folder, $"acknowledged-{round}");
            using (var child = Start(nameof(Child_appends_until_it_is_killed)))
            {
                var written = Path.Combine(Folder, "acknowledged");
                var deadline = Stopwatch.StartNew();
                while (!(File.Exists(written) && new FileInfo(written).Length > 0))
                {
                    Assert.False(
                        child.HasExited || deadline.Elapsed > TimeSpan.FromSeconds(60),
                        "The child did not append."
                    );
                    await Task.Delay(5);
                }
                await Task.Delay(Random.Shared.Next(20, 500));
                child.Kill();
                await child.WaitForExitAsync(Soon);
                File.Move(written, acknowledgements);
            }
            using var lane = Open(Larger);
            var items = ReadAll(lane);
            for (var i = 1; i < items.Count; i++)
                Assert.True(items[i - 1].Id < items[i].Id);
            var found = items.ToDictionary(i => i.Id, i => Hash(i.Head.Span, Body(i)));
            // The last line may be cut: the child was killed while it wrote.
            var text = await File.ReadAllTextAsync(acknowledgements);
            foreach (
                var line in text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries)
            )
            {
                var id = long.Parse(line.Split(' ')[0], CultureInfo.InvariantCulture);
                Assert.True(id > settled);
                Assert.Equal(line.Split(' ')[1], found.GetValueOrDefault(id, "lost"));
                total++;
            }
            items.ForEach(lane.Settle);
            lane.Advance(settled = items[^1].Id);
        }
        Assert.True(total > 1000);
    }

    [Fact(Explicit = true)]
    public async Task Child_appends_until_it_is_killed()
    {
        using var lane = ChildLane();
        using var acknowledged = File.OpenHandle(
            Path.Combine(ChildFolder, "acknowledged"),
            FileMode.CreateNew,
            FileAccess.Write,
            FileShare.ReadWrite
        );
        var end = 0L;
        var writing = new Lock();
        await Task.WhenAll(Enumerable.Range(0, 64).Select(n => Task.Run(() => AppendForEver(new Random(n)))));

        async Task AppendForEver(Random random)
        {
            while (true)
            {
                var head = RandomNumberGenerator.GetBytes(random.Next(400));
                var body = RandomNumberGenerator.GetBytes(random.Next(50) == 0 ? 100_000 : random.Next(2000));
                var id = random.Next(3) == 0 ? await lane.AppendAsync(head, new MemoryStream(body)) : await Bare();
                var line = FormattableString.Invariant($"{id} {Hash(head, body)}\n").Select(c => (byte)c).ToArray();
                lock (writing)
                {
                    RandomAccess.Write(acknowledged, line, end);
                    end += line.Length;
                }

                ValueTask<long> Bare()
                {
                    body = [];
                    return lane.AppendAsync(head);
                }
            }
        }
    }

    /// <summary>SIGKILL stands for what no handler can catch: a stack overflow, the out-of-memory killer.</summary>
    [Fact]
    public async Task An_item_that_kills_the_process_is_parked_and_the_others_are_handled()
    {
        var deaths = 0;
        while (true)
        {
            using var child = Start(nameof(Child_dies_over_one_item));
            await child.WaitForExitAsync(Soon);
            if (child.ExitCode == 0)
                break;
            Assert.True(++deaths < 10, "It goes on dying.");
        }
        // Once with all of them, then alone until its tries are used up.
        Assert.Equal(1 + DeadlyTries, deaths);
        using var lane = Open(Deadly);
        Assert.Equal("deadly", Text(lane.Parked.Read(Assert.Single(lane.Parked.List()).Id)!));
        Assert.Equal(DeadlyTries, lane.Parked.List()[0].Attempts);
        var handled = await File.ReadAllLinesAsync(Path.Combine(Folder, "handled"));
        Assert.Equal(["0", "1", "3", "4", "5", "6", "7"], handled.Distinct().Order());
    }

    const int DeadlyTries = 2;

    static void Deadly(SpoolOptions options) => options.Tries = DeadlyTries;

    [Fact(Explicit = true)]
    public async Task Child_dies_over_one_item()
    {
        using var lane = Open(o =>
        {
            Deadly(o);
            o.Folder = Path.Combine(ChildFolder, "lane");
        });
        var handled = Path.Combine(ChildFolder, "handled");
        if (!File.Exists(handled))
            for (var i = 0; i < 8; i++)
                await Append(lane, i == 2 ? "deadly" : $"{i}");
        await File.AppendAllTextAsync(handled, "");
        using var drain = new SpoolDrain(
            lane,
            (items, _) =>
            {
                if (items.Any(i => Text(i) == "deadly"))
                    Process.GetCurrentProcess().Kill();
                File.AppendAllLines(handled, items.Select(Text));
                return Task.CompletedTask;
            },
            TimeProvider.System,
            Microsoft.Extensions.Logging.Abstractions.NullLogger<SpoolDrain>.Instance
        );
        await drain.StartAsync(Soon);
        await lane.DrainedAsync(Soon);
        await drain.StopAsync(Soon);
    }

    [Fact]
    public async Task An_item_that_waits_for_the_database_is_not_blamed_for_the_end_of_the_server()
    {
        for (var deaths = 0; deaths < DeadlyTries + 1; deaths++)
        {
            using var child = Start(nameof(Child_ends_before_the_database_is_there));
            await child.WaitForExitAsync(Soon);
            Assert.NotEqual(0, child.ExitCode);
        }
        using var lane = Open(Deadly);
        var item = Assert.Single(ReadAll(lane));
        Assert.Equal(0, lane.Tries.Of(item.Id));
        Assert.Empty(lane.Parked.List());
    }

    [Fact(Explicit = true)]
    public async Task Child_ends_before_the_database_is_there()
    {
        using var lane = Open(o =>
        {
            Deadly(o);
            o.Folder = Path.Combine(ChildFolder, "lane");
        });
        if (lane.Depth == 0)
            await Append(lane, "innocent");
        using var drain = new SpoolDrain(
            lane,
            (_, _) => throw new InvalidOperationException("not yet"),
            TimeProvider.System,
            Microsoft.Extensions.Logging.Abstractions.NullLogger<SpoolDrain>.Instance,
            async stop =>
            {
                await Task.Yield();
                Process.GetCurrentProcess().Kill();
                await Task.Delay(Timeout.Infinite, stop);
            }
        );
        await drain.StartAsync(Soon);
        await lane.DrainedAsync(Soon);
    }

    [Fact]
    public async Task A_write_the_system_refuses_is_reported_and_the_lane_comes_back()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The limit on file sizes is set the Linux way.");
        using var child = Start(nameof(Child_meets_a_limit_on_file_sizes));
        await child.WaitForExitAsync(Soon);
        Assert.Equal(0, child.ExitCode);
        using var lane = Open(Larger);
        var items = ReadAll(lane).Select(Text).ToList();
        Assert.Equal(["before", "after"], items.Where(t => !t.StartsWith("refused", StringComparison.Ordinal)));
        Assert.Empty(Directory.GetFiles(In("bodies")));
        // What failed once is not written to again: after a failed flush a good one proves nothing.
        Assert.Equal(2, Directory.GetFiles(In(), "log-*").Length);
    }

    [Fact(Explicit = true)]
    public async Task Child_meets_a_limit_on_file_sizes()
    {
        using var ignored = PosixSignalRegistration.Create((PosixSignal)25, c => c.Cancel = true); // SIGXFSZ
        using var lane = ChildLane();
        await Append(lane, "before");
        Limit(1);
        for (var i = 0; i < 3; i++) // the first in the open segment, the others making a new one
            await Assert.ThrowsAsync<SpoolUnavailableException>(() => Append(lane, $"refused {i}").AsTask());
        await Assert.ThrowsAsync<SpoolUnavailableException>(() =>
            lane.AppendAsync("refused body"u8.ToArray(), new MemoryStream(new byte[100_000]))
        );
        Assert.Empty(Directory.GetFiles(Path.Combine(ChildFolder, "lane", "bodies")));
        Limit(ulong.MaxValue);
        await Append(lane, "after");
    }

    static void Limit(ulong bytes)
    {
        const int FileSize = 1; // RLIMIT_FSIZE, setrlimit(2)
        Assert.Equal(0, setrlimit(FileSize, [bytes, ulong.MaxValue]));
    }

#pragma warning disable SYSLIB1054, IDE1006
    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern int setrlimit(int resource, ulong[] softAndHard);
#pragma warning restore SYSLIB1054, IDE1006

    static string ChildFolder =>
        Environment.GetEnvironmentVariable(FolderVariable)
        ?? throw new InvalidOperationException($"Set {FolderVariable}.");

    SpoolLane ChildLane() =>
        Open(o =>
        {
            Larger(o);
            o.Folder = Path.Combine(ChildFolder, "lane");
        });

    static void Larger(SpoolOptions options) => options.SegmentBytes = 1 << 20;

    static string Hash(ReadOnlySpan<byte> head, ReadOnlySpan<byte> body) =>
        Convert.ToHexString(SHA256.HashData([.. head, .. body]));

    Process Start(string test)
    {
        var start = new ProcessStartInfo(
            Path.Combine(AppContext.BaseDirectory, "Waybill.Server.Tests" + (OperatingSystem.IsWindows() ? ".exe" : ""))
        )
        {
            ArgumentList = { "--explicit", "only", "--filter-method", $"{typeof(SpoolKillTests).FullName}.{test}" },
            Environment = { [FolderVariable] = Folder },
            RedirectStandardOutput = true,
        };
        var child = Process.Start(start)!;
        child.OutputDataReceived += (_, line) => TestContext.Current.TestOutputHelper?.WriteLine(line.Data ?? "");
        child.BeginOutputReadLine();
        return child;
    }
}
