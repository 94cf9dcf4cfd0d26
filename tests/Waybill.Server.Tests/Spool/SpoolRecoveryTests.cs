using Waybill.Server.Spool;

namespace Waybill.Server.Tests.Spool;

public sealed class SpoolRecoveryTests : LaneFolder
{
    /// <summary>Wherever the last write was cut or garbled, the records before it stand, and the lane goes on.</summary>
    [Theory]
    [InlineData("cut")]
    [InlineData("zeroed")]
    [InlineData("flipped")]
    public async Task A_torn_last_record_costs_only_itself(string how)
    {
        using (var lane = Open())
            foreach (var text in (string[])["one", "two", "three: the last"])
                await Append(lane, text);
        var path = Directory.GetFiles(In(), "log-*").Single();
        var whole = File.ReadAllBytes(path);
        var end = whole.AsSpan().LastIndexOfAnyExcept((byte)0) + 1;
        var last = end - Frame.HeaderBytes - "three: the last".Length;
        for (var at = last; at < end; at++)
        {
            var bytes = how == "cut" ? whole[..at] : [.. whole];
            if (how == "zeroed")
                bytes.AsSpan(at).Clear();
            if (how == "flipped")
                bytes[at] ^= 0x10;
            File.WriteAllBytes(path, bytes);
            foreach (var other in Directory.GetFiles(In(), "log-*").Where(p => p != path))
                File.Delete(other);
            using (var lane = Open())
            {
                Assert.Equal(2, lane.Depth);
                Assert.Equal(3, await Append(lane, "after"));
            }
            using var again = Open();
            Assert.Equal(["one", "two", "after"], ReadAll(again).Select(Text));
        }
    }

    [Fact]
    public async Task A_damaged_record_in_the_middle_does_not_take_the_later_ones_along()
    {
        using (var lane = Open())
            foreach (var text in (string[])["one", "two", "three"])
                await Append(lane, text);
        var path = Directory.GetFiles(In(), "log-*").Single();
        var whole = File.ReadAllBytes(path);
        var size = Frame.Size(3, 0);
        for (var at = size; at < 2 * size; at++)
        {
            byte[] bytes = [.. whole];
            bytes[at] ^= 0x80;
            File.WriteAllBytes(path, bytes);
            using var lane = Open();
            Assert.Equal(["one", "three"], ReadAll(lane).Select(Text));
        }
    }

    [Fact]
    public async Task Bytes_inside_an_item_never_pass_for_a_record()
    {
        var inner = new byte[Frame.Size(6, 0)];
        Frame.Write(inner, 2, DateTime.UnixEpoch, 0, "forged"u8, default, file: null);
        Frame.Seal(inner, salt: 0);
        using (var lane = Open())
        {
            await lane.AppendAsync(inner);
            await Append(lane, "honest");
        }
        var path = Directory.GetFiles(In(), "log-*").Single();
        var bytes = File.ReadAllBytes(path);
        bytes[0] ^= 1; // the outer record is damaged, so the search for the next one starts inside it
        File.WriteAllBytes(path, bytes);
        using var again = Open();
        Assert.Equal(["honest"], ReadAll(again).Select(Text));
    }

    [Fact]
    public async Task A_torn_checkpoint_falls_back_to_the_one_before()
    {
        using (var lane = Open())
        {
            for (var i = 0; i < 3; i++)
                await Append(lane, $"{i}");
            lane.Read();
            lane.Advance(1);
            lane.Advance(2);
        }
        var bytes = File.ReadAllBytes(In("checkpoint"));
        var newest = bytes[0] == 2 ? 0 : 4096;
        bytes[newest] ^= 0xFF;
        File.WriteAllBytes(In("checkpoint"), bytes);
        using var again = Open();
        Assert.Equal(["1", "2"], ReadAll(again).Select(Text));
    }
}
