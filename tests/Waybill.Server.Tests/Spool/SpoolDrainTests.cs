using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging.Abstractions;
using Waybill.Server.Spool;

namespace Waybill.Server.Tests.Spool;

public sealed class SpoolDrainTests : LaneFolder
{
    readonly ConcurrentQueue<SpoolItem> handled = [];

    [Fact]
    public async Task Items_are_handled_once_and_in_order_while_more_arrive()
    {
        using var lane = Open();
        await using var drain = await Drain(lane, _ => { });
        await Task.WhenAll(Enumerable.Range(0, 5000).Select(i => Append(lane, $"{i}").AsTask()));
        await lane.DrainedAsync(Soon);
        Assert.Equal(5000, handled.Count);
        Assert.Equal(handled.OrderBy(i => i.Id).Select(i => i.Id).Distinct(), handled.Select(i => i.Id));
    }

    [Fact]
    public async Task After_a_restart_only_what_was_not_handled_comes()
    {
        using (var lane = Open())
        {
            await using var drain = await Drain(lane, _ => { });
            await Append(lane, "before");
            await lane.DrainedAsync(Soon);
            await drain.Stop();
            await Append(lane, "after");
        }
        using var again = Open();
        Assert.Equal("after", Text(Assert.Single(ReadAll(again))));
    }

    [Fact]
    public async Task A_poison_item_is_parked_and_the_others_go_on()
    {
        using var lane = Open();
        for (var i = 0; i < 10; i++)
            await Append(lane, i == 3 ? "poison" : $"{i}");
        await using var drain = await Drain(lane, RefusePoison);
        await lane.DrainedAsync(Soon);
        Assert.Equal(["0", "1", "2", "4", "5", "6", "7", "8", "9"], handled.Select(Text));
        var parked = Assert.Single(lane.Parked.List());
        Assert.Equal((4, 4, 5), (parked.Id, parked.OriginId, parked.Attempts));
        Assert.Equal("FormatException: poison", parked.Error);
        Assert.True(parked.FirstTry >= parked.AppendedAt && parked.LastTry > parked.FirstTry);
    }

    [Fact]
    public async Task A_failing_item_does_not_hold_up_what_comes_after_it()
    {
        using var lane = Open(o => (o.FirstBackoff, o.LongestBackoff) = (TimeSpan.FromHours(1), TimeSpan.FromHours(1)));
        await Append(lane, "poison");
        await using (var drain = await Drain(lane, RefusePoison))
        {
            await Append(lane, "next");
            while (handled.IsEmpty)
                await Task.Delay(1, Soon);
            await drain.Stop();
        }
        Assert.Equal("next", Text(Assert.Single(handled)));
        lane.Dispose();
        using var again = Open();
        Assert.Equal(["poison", "next"], ReadAll(again).Select(Text)); // nothing behind an unsettled item is forgotten
    }

    [Theory]
    [InlineData(10)]
    [InlineData(9000)]
    public async Task A_parked_item_survives_a_restart_and_is_replayed_as_itself(int length)
    {
        var body = new byte[length];
        new Random(1).NextBytes(body);
        long first;
        using (var lane = Open())
        {
            first = await lane.AppendAsync("poison"u8.ToArray(), new MemoryStream(body));
            await using var drain = await Drain(lane, RefusePoison);
            await lane.DrainedAsync(Soon);
        }
        using var again = Open();
        Assert.Equal(body, Body(again.Parked.Read(first)!));
        byte[]? seen = null;
        await using var second = await Drain(again, items => seen = Body(items[0]));
        var id = await again.Parked.ReplayAsync(first);
        await again.DrainedAsync(Soon);
        var item = Assert.Single(handled);
        Assert.Equal((id!.Value, first), (item.Id, item.OriginId));
        Assert.NotEqual(item.Id, item.OriginId);
        Assert.Equal(body, seen);
        Assert.Empty(again.Parked.List());
        Assert.Null(await again.Parked.ReplayAsync(first));
        Assert.Empty(Directory.GetFiles(In("parked")));
        await second.Stop();
        Assert.Empty(Directory.GetFiles(In("bodies")));
    }

    [Fact]
    public async Task A_replay_that_a_crash_cut_short_leaves_the_item_in_one_place()
    {
        using (var lane = Open())
        {
            await lane.AppendAsync("poison"u8.ToArray(), new MemoryStream(new byte[9000]));
            await using (var drain = await Drain(lane, RefusePoison))
                await lane.DrainedAsync(Soon);
            await ReplayAndCrash(lane);
        }
        using var again = Open();
        Assert.Empty(again.Parked.List());
        var item = Assert.Single(ReadAll(again));
        Assert.Equal(1, item.OriginId);
        Assert.Equal(9000, Body(item).Length);

        async Task ReplayAndCrash(SpoolLane lane)
        {
            var file = Directory.GetFiles(In("parked")).Single();
            var bytes = File.ReadAllBytes(file);
            await lane.Parked.ReplayAsync(1);
            File.WriteAllBytes(file, bytes); // as if the delete had not happened
        }
    }

    [Fact]
    public async Task What_was_handled_does_not_stay_on_disk_when_nothing_more_comes()
    {
        using var lane = Open(o => o.SegmentAge = TimeSpan.FromMilliseconds(50));
        await using var drain = await Drain(lane, _ => { });
        await Append(lane, "personal data");
        await lane.DrainedAsync(Soon);
        var soon = Soon;
        while (Directory.GetFiles(In(), "log-*").Length > 0)
            await Task.Delay(10, soon);
        await Append(lane, "the lane goes on");
        await lane.DrainedAsync(soon);
        Assert.Equal(["personal data", "the lane goes on"], handled.Select(Text));
    }

    [Fact]
    public async Task A_discarded_item_is_gone_with_its_body()
    {
        using var lane = Open();
        var id = await lane.AppendAsync("poison"u8.ToArray(), new MemoryStream(new byte[9000]));
        await using var drain = await Drain(lane, RefusePoison);
        await lane.DrainedAsync(Soon);
        Assert.Single(Directory.GetFiles(In("bodies")));
        Assert.True(lane.Parked.Discard(id));
        Assert.False(lane.Parked.Discard(id));
        Assert.Null(lane.Parked.Read(id));
        Assert.Empty(Directory.GetFiles(In("bodies")));
        Assert.Empty(Directory.GetFiles(In("parked")));
    }

    [Fact]
    public async Task An_outage_keeps_everything_in_order_and_parks_nothing()
    {
        using var lane = Open(o => o.IsOutage = e => e is TimeoutException);
        var tries = 0;
        await using var drain = await Drain(
            lane,
            _ =>
            {
                if (Interlocked.Increment(ref tries) <= 50)
                    throw new TimeoutException("database away");
            }
        );
        for (var i = 0; i < 100; i++)
            await Append(lane, $"{i}"); // the lane accepts meanwhile
        await lane.DrainedAsync(Soon);
        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"{i}"), handled.Select(Text));
        Assert.All(handled, i => Assert.Equal(0, i.Attempts));
        Assert.Empty(lane.Parked.List());
    }

    [Fact]
    public async Task A_handler_that_refuses_everything_loses_nothing()
    {
        using var lane = Open(o => o.MostFailing = 7);
        await Task.WhenAll(Enumerable.Range(0, 60).Select(i => Append(lane, $"{i}").AsTask()));
        await using var drain = await Drain(lane, _ => throw new FormatException("bug"));
        await lane.DrainedAsync(Soon);
        Assert.Equal(Enumerable.Range(1, 60), lane.Parked.List().Select(p => (int)p.Id));
    }

    [Fact]
    public async Task The_counters_tell_what_happened()
    {
        var counts = new ConcurrentDictionary<string, long>();
        using var listener = new MeterListener();
        var name = Path.GetFileName(Folder);
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Name == "Waybill.Spool" && instrument.Meter.Tags!.Any(t => name.Equals(t.Value)))
                l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((i, n, _, _) => counts.AddOrUpdate(i.Name, n, (_, sum) => sum + n));
        listener.Start();
        using var lane = new SpoolLane(name, Options());
        await Append(lane, "poison");
        await Append(lane, "fine");
        await using (var drain = await Drain(lane, RefusePoison))
        {
            await lane.DrainedAsync(Soon);
            await drain.Stop();
        }
        Assert.Equal(2, counts["waybill.spool.appended"]);
        Assert.Equal(1, counts["waybill.spool.drained"]);
        Assert.Equal(1, counts["waybill.spool.parked"]);
    }

    static void RefusePoison(IReadOnlyList<SpoolItem> items)
    {
        if (items.Any(i => Text(i) == "poison"))
            throw new FormatException("poison");
    }

    async Task<Running> Drain(SpoolLane lane, Action<IReadOnlyList<SpoolItem>> handle)
    {
        var drain = new SpoolDrain(
            lane,
            async (items, _) =>
            {
                await Task.Yield();
                handle(items);
                foreach (var item in items)
                    handled.Enqueue(item);
            },
            TimeProvider.System,
            NullLogger<SpoolDrain>.Instance
        );
        await drain.StartAsync(Soon);
        return new(drain);
    }

    sealed record Running(SpoolDrain Loop) : IAsyncDisposable
    {
        public Task Stop() => Loop.StopAsync(Soon);

        public async ValueTask DisposeAsync()
        {
            await Stop();
            Loop.Dispose();
        }
    }
}
