using System.Security.Cryptography;
using Waybill.Server.Keys;

namespace Waybill.Server.Tests.Keys;

public sealed class WrapTests
{
    static readonly byte[] Master = RandomNumberGenerator.GetBytes(32);
    static readonly byte[] Secret = RandomNumberGenerator.GetBytes(48);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(32)]
    [InlineData(3000)]
    public void What_was_wrapped_comes_out_again(int length)
    {
        var secret = RandomNumberGenerator.GetBytes(length);
        Assert.Equal(secret, Wrap.TryOpen(Master, "links", 1, Wrap.Close(Master, "links", 1, secret)));
    }

    [Fact]
    public void Any_changed_or_missing_byte_is_refused()
    {
        var wrapped = Wrap.Close(Master, "links", 1, Secret);
        for (var at = 0; at < wrapped.Length; at++)
        {
            var changed = wrapped.ToArray();
            changed[at] ^= 1;
            Assert.Null(Wrap.TryOpen(Master, "links", 1, changed));
            Assert.Null(Wrap.TryOpen(Master, "links", 1, wrapped.AsSpan(0, at)));
        }
    }

    [Theory]
    [InlineData("links", 2)]
    [InlineData("links", 11)]
    [InlineData("addresses", 1)]
    [InlineData("", 1)]
    public void One_key_can_not_be_passed_off_as_another(string purpose, int number) =>
        Assert.Null(Wrap.TryOpen(Master, purpose, number, Wrap.Close(Master, "links", 1, Secret)));

    [Fact]
    public void Another_master_key_opens_nothing()
    {
        var other = Master.ToArray();
        other[31] ^= 1;
        Assert.Null(Wrap.TryOpen(other, "links", 1, Wrap.Close(Master, "links", 1, Secret)));
    }

    [Fact]
    public void The_same_secret_never_looks_the_same_and_is_not_to_be_seen()
    {
        var (one, other) = (Wrap.Close(Master, "links", 1, Secret), Wrap.Close(Master, "links", 1, Secret));
        Assert.NotEqual(one, other);
        Assert.Equal(-1, one.AsSpan().IndexOf(Secret.AsSpan(0, 8)));
    }
}
