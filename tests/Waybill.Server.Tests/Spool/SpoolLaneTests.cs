using Microsoft.Extensions.Time.Testing;
using Waybill.Server.Spool;

namespace Waybill.Server.Tests.Spool;

public sealed class SpoolLaneTests : LaneFolder
{
    [Fact]
    public async Task What_was_appended_is_there_in_order_after_a_restart()
    {
        var start = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
        var ids = new List<long>();
        using (var lane = Open(time: new FakeTimeProvider(start)))
            for (var i = 0; i < 3000; i++)
                ids.Add(await Append(lane, $"item {i}"));

        using var again = Open();
        var items = ReadAll(again);

        Assert.Equal(3000, again.Depth);
        Assert.Equal(ids, items.Select(i => i.Id));
        Assert.Equal(Enumerable.Range(0, 3000).Select(i => $"item {i}"), items.Select(Text));
        Assert.All(items, i => Assert.Equal(start.UtcDateTime, i.AppendedAt));
        Assert.True(Segments().Length > 2);
    }

    [Fact]
    public async Task Appends_from_many_sides_get_each_their_own_id_and_bytes()
    {
        using var lane = Open();
        var acknowledged = await Task.WhenAll(
            Enumerable.Range(0, 2000).Select(async i => (Id: await Append(lane, $"item {i}"), Text: $"item {i}"))
        );
        var items = ReadAll(lane);
        Assert.Equal(acknowledged.OrderBy(a => a.Id), items.Select(i => (i.Id, Text(i))));
        Assert.Equal(items.Select(i => i.Id).Distinct(), items.Select(i => i.Id));
    }

    [Fact]
    public async Task Ids_are_not_reused_when_everything_was_drained()
    {
        long last;
        using (var lane = Open())
        {
            await Append(lane, "a");
            last = await Append(lane, "b");
            foreach (var item in ReadAll(lane))
                lane.Settle(item);
            lane.Advance(last);
        }
        for (var restart = 0; restart < 3; restart++)
        {
            using var lane = Open();
            Assert.Equal(0, lane.Depth);
            Assert.Empty(ReadAll(lane));
        }
        Assert.Empty(Segments());
        using var again = Open();
        Assert.Equal(last + 1, await Append(again, "c"));
    }

    [Fact]
    public async Task Segments_and_bodies_go_when_everything_in_them_is_settled()
    {
        using var lane = Open();
        for (var i = 0; i < 3000; i++)
            await Append(lane, $"item {i}");
        await lane.AppendAsync(new byte[1], new MemoryStream(new byte[9000]));
        var before = Segments().Length;
        var items = ReadAll(lane);
        items.ForEach(lane.Settle);
        Assert.Equal(before, Segments().Length);
        lane.Advance(items[^1].Id - 1);
        Assert.Single(Directory.GetFiles(In("bodies")));
        lane.Advance(items[^1].Id);
        Assert.Single(Segments());
        Assert.Empty(Directory.GetFiles(In("bodies")));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(4096, 0)]
    [InlineData(4097, 1)]
    [InlineData(3_000_000, 1)]
    public async Task A_body_comes_back_whole_from_the_log_or_from_its_file(int length, int files)
    {
        var body = new byte[length];
        new Random(7).NextBytes(body);
        using (var lane = Open())
            await lane.AppendAsync("envelope"u8.ToArray(), new Drip(body));
        Assert.Equal(files, Directory.GetFiles(In("bodies")).Length);
        using var again = Open();
        var item = Assert.Single(ReadAll(again));
        Assert.Equal("envelope", Text(item));
        Assert.Equal(length, item.BodyLength);
        Assert.Equal(body, Body(item));
    }

    [Fact]
    public async Task A_big_body_passes_through_in_flat_memory()
    {
        using var lane = Open();
        var body = new Drip(new byte[64 << 20], piece: 64 << 10);
        await lane.AppendAsync(new byte[1], body);
        Assert.InRange(body.AllocatedMeanwhile, 0, 4 << 20);
        Assert.Equal(64 << 20, Assert.Single(ReadAll(lane)).BodyLength);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(4096)]
    [InlineData(500_000)]
    public async Task A_body_that_breaks_off_leaves_nothing(int after)
    {
        using var lane = Open();
        await Assert.ThrowsAsync<InvalidDataException>(() =>
            lane.AppendAsync("envelope"u8.ToArray(), new Drip(new byte[after], breaks: true))
        );
        Assert.Empty(Directory.GetFiles(In("bodies")));
        Assert.Equal(0, lane.Depth);
        Assert.Empty(ReadAll(lane));
    }

    [Fact]
    public async Task A_body_no_record_names_is_swept_at_start()
    {
        using (var lane = Open())
            await lane.AppendAsync("kept"u8.ToArray(), new MemoryStream(new byte[9000]));
        var kept = Assert.Single(Directory.GetFiles(In("bodies")));
        File.WriteAllText(In("bodies", Guid.NewGuid().ToString("N")), "left by a crash");
        using var again = Open();
        Assert.Equal(kept, Assert.Single(Directory.GetFiles(In("bodies"))));
    }

    [Fact]
    public async Task A_lane_that_cannot_write_says_so_and_recovers_by_itself()
    {
        var time = new FakeTimeProvider();
        using var other = Open(
            o =>
            {
                o.Folder = Path.Combine(Folder, "other");
                o.RetryDiskAfter = TimeSpan.FromSeconds(1);
            },
            time
        );
        var first = await Append(other, "before");
        Directory.Move(Path.Combine(Folder, "other"), Path.Combine(Folder, "away"));
        var kept = 1;
        var refused = await Assert.ThrowsAsync<SpoolUnavailableException>(async () =>
        {
            while (true) // until the open segment is full
            {
                await other.AppendAsync(new byte[4000]);
                kept++;
            }
        });
        Assert.False(refused.MayBeKept);
        await Assert.ThrowsAsync<SpoolUnavailableException>(() =>
            other.AppendAsync("mail"u8.ToArray(), new MemoryStream(new byte[9000]))
        );
        Directory.Move(Path.Combine(Folder, "away"), Path.Combine(Folder, "other"));
        await Assert.ThrowsAsync<SpoolUnavailableException>(() => Append(other, "too soon").AsTask());
        time.Advance(TimeSpan.FromSeconds(1));
        var after = await Append(other, "after");
        var items = ReadAll(other);
        Assert.Equal((first, after, kept + 1), (items[0].Id, items[^1].Id, items.Count));
        Assert.Equal("after", Text(items[^1]));
    }

    [Fact]
    public async Task More_than_the_queue_holds_is_refused_at_once()
    {
        using var lane = Open(o => o.QueueBytes = 16 << 10);
        var appends = Enumerable.Range(0, 200).Select(_ => lane.AppendAsync(new byte[8000]).AsTask()).ToList();
        await Assert.ThrowsAsync<SpoolUnavailableException>(() => Task.WhenAll(appends));
        Assert.Equal(appends.Count(a => a.IsCompletedSuccessfully), ReadAll(lane).Count);
        await Append(lane, "fits again");
    }

    [Fact]
    public async Task Giving_up_the_wait_does_not_take_the_item_back()
    {
        using (var lane = Open())
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
                lane.AppendAsync("hit"u8.ToArray(), new CancellationToken(canceled: true)).AsTask()
            );
        using var again = Open();
        Assert.Equal("hit", Text(Assert.Single(ReadAll(again))));
    }

    [Fact]
    public async Task Closing_writes_what_is_queued_and_refuses_the_rest()
    {
        var lane = Open();
        var appends = Enumerable.Range(0, 500).Select(i => Append(lane, $"{i}").AsTask()).ToList();
        lane.Dispose();
        await Task.WhenAll(appends);
        await Assert.ThrowsAsync<SpoolUnavailableException>(() => Append(lane, "late").AsTask());
        using var again = Open();
        Assert.Equal(500, again.Depth);
    }

    [Fact]
    public void A_lane_is_open_in_one_place_only()
    {
        using var lane = Open();
        Assert.Throws<IOException>(() => Open());
    }

    [Fact]
    public async Task An_item_longer_than_the_lane_takes_is_the_callers_mistake()
    {
        using var lane = Open();
        await Assert.ThrowsAsync<ArgumentException>(() => lane.AppendAsync(new byte[(8 << 10) + 1]).AsTask());
        await Assert.ThrowsAsync<ArgumentException>(() =>
            lane.AppendAsync(new byte[(8 << 10) + 1], new MemoryStream(new byte[9000]))
        );
        Assert.Empty(Directory.GetFiles(In("bodies")));
    }

    string[] Segments() => Directory.GetFiles(In(), "log-*");

    /// <summary>A body that arrives in odd pieces and may break off.</summary>
    sealed class Drip(byte[] bytes, bool breaks = false, int piece = 1777) : MemoryStream(bytes)
    {
        long? atFirst;

        /// <summary>By the reading thread; every read completes at once, so it is one thread.</summary>
        public long AllocatedMeanwhile { get; private set; }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            AllocatedMeanwhile =
                GC.GetAllocatedBytesForCurrentThread() - (atFirst ??= GC.GetAllocatedBytesForCurrentThread());
            return breaks && Position == Length
                ? throw new InvalidDataException("The sender went away.")
                : base.ReadAsync(buffer[..Math.Min(buffer.Length, piece)], cancellationToken);
        }
    }
}
