using System.Net;
using Microsoft.EntityFrameworkCore;
using Waybill.Server.Identity;

namespace Waybill.Server.Tests.Identity;

public sealed class SignInTriesTests(WaybillHost waybill) : IClassFixture<WaybillHost>
{
    [Theory]
    [InlineData(1, 0)]
    [InlineData(4, 0)]
    [InlineData(5, 1)]
    [InlineData(6, 2)]
    [InlineData(7, 4)]
    [InlineData(8, 8)]
    [InlineData(9, 15)]
    [InlineData(1000, 15)]
    public void The_pause_grows_and_is_never_longer_than_a_quarter_of_an_hour(int wrong, int minutes) =>
        Assert.Equal(TimeSpan.FromMinutes(minutes), SignInTries.PauseAfter(wrong));

    [Fact]
    public async Task Who_guesses_does_not_lock_out_the_owners_own_browser()
    {
        var user = await waybill.AddUserAsync($"{Guid.NewGuid():N}@northwind.test", WebVisitor.GivePassword);
        using var owner = new WebVisitor(waybill.Url);
        await owner.SignInAsync(user.Email!);
        using var stranger = new WebVisitor(waybill.Url);
        for (var i = 0; i < 5; i++)
            (await stranger.TrySignInAsync(user.Email!, "wrong")).Dispose();

        using (var refused = await stranger.TrySignInAsync(user.Email!))
            Assert.Equal(HttpStatusCode.OK, refused.StatusCode);
        using var let = await owner.TrySignInAsync(user.Email!);
        Assert.Equal(HttpStatusCode.Found, let.StatusCode);
    }

    [Fact]
    public async Task Many_tries_at_once_are_no_way_round()
    {
        var key = SignInTries.Key("password", $"{Guid.NewGuid()}", "");
        var may = await Task.WhenAll(
            Enumerable
                .Range(0, 12)
                .Select(async _ =>
                {
                    await using var db = waybill.Db();
                    return await SignInTries.MayTryAsync(db, TimeProvider.System, key, default);
                })
        );

        Assert.Equal(SignInTries.Free, may.Count(m => m));
    }

    [Fact]
    public async Task After_the_pause_there_is_one_try_and_after_a_day_the_count_begins_anew()
    {
        var key = SignInTries.Key("password", $"{Guid.NewGuid()}", "");
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(56));
        await using var db = waybill.Db();
        Task<bool> MayAsync() => SignInTries.MayTryAsync(db, clock, key, default);
        for (var i = 0; i < SignInTries.Free; i++)
            Assert.True(await MayAsync());
        Assert.False(await MayAsync());

        clock.Advance(TimeSpan.FromSeconds(61));
        Assert.True(await MayAsync());
        clock.Advance(TimeSpan.FromSeconds(61));
        Assert.False(await MayAsync());

        clock.Advance(TimeSpan.FromDays(1.1));
        Assert.True(await MayAsync());
        Assert.True(await MayAsync());
    }

    [Fact]
    public async Task The_table_of_tries_names_nobody()
    {
        using var visitor = new WebVisitor(waybill.Url);
        (await visitor.TrySignInAsync("nobody-at-all@nowhere.test", "wrong")).Dispose();
        await using var db = waybill.Db();

        Assert.NotEmpty(await db.SignInTries.ToListAsync());
        Assert.All(
            await db.SignInTries.ToListAsync(),
            t => Assert.DoesNotContain("nobody", t.Key, StringComparison.Ordinal)
        );
    }
}
