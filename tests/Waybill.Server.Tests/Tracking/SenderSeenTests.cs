using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Waybill.Server.Tracking;

namespace Waybill.Server.Tests.Tracking;

public sealed class SenderSeenTests
{
    readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 5, 8, 0, 0, TimeSpan.Zero));

    static DefaultHttpContext Request(string address, string? user) =>
        new()
        {
            Connection = { RemoteIpAddress = IPAddress.Parse(address) },
            User = user is null ? new() : new(new ClaimsIdentity([new Claim("sub", user)], "test")),
        };

    Task<TrackingHost> StartAsync() =>
        TrackingHost.StartAsync(change: services =>
            services.AddSingleton(provider => ActivatorUtilities.CreateInstance<RecordSenderSeen>(provider, _time))
        );

    static async Task<List<SenderSeen>> SeenAsync(TrackingHost host, Func<List<SenderSeen>, bool> until)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (true)
        {
            await using var db = host.Db();
            var seen = await db.SendersSeen.OrderBy(s => s.UserId).ToListAsync(deadline.Token);
            if (until(seen))
                return seen;
            await Task.Delay(20, deadline.Token);
        }
    }

    [Fact]
    public async Task Only_signed_in_users_on_public_addresses_are_noted_and_not_by_address()
    {
        await using var host = await StartAsync();
        var senders = host.Services.GetRequiredService<RecordSenderSeen>();

        senders.Note(Request("127.0.0.1", "1"));
        senders.Note(Request("192.168.1.7", "2"));
        senders.Note(Request("203.0.113.9", null));
        senders.Note(Request("203.0.113.9", "not a number"));
        senders.Note(Request("203.0.113.9", "3"));

        var seen = Assert.Single(await SeenAsync(host, s => s.Any(x => x.UserId == 3)));
        Assert.Equal((3, _time.GetUtcNow().UtcDateTime), (seen.UserId, seen.LastSeen));
        var keys = host.Services.GetRequiredService<LinkKeys>();
        Assert.Equal(RemoteAddress.Of(IPAddress.Parse("203.0.113.9"), keys, seen.LastSeen).Pseudonym, seen.Address);
    }

    [Fact]
    public async Task A_user_is_noted_again_after_ten_minutes_and_not_before()
    {
        await using var host = await StartAsync();
        var senders = host.Services.GetRequiredService<RecordSenderSeen>();
        var first = _time.GetUtcNow().UtcDateTime;
        senders.Note(Request("203.0.113.9", "3"));
        await SeenAsync(host, s => s.Count == 1);

        _time.Advance(TimeSpan.FromMinutes(9));
        senders.Note(Request("203.0.113.9", "3"));
        senders.Note(Request("203.0.113.9", "4"));
        Assert.Equal(first, (await SeenAsync(host, s => s.Count == 2))[0].LastSeen);

        _time.Advance(TimeSpan.FromMinutes(1));
        senders.Note(Request("203.0.113.9", "3"));
        await SeenAsync(host, s => s[0].LastSeen == first.AddMinutes(10));
    }

    [Fact]
    public async Task What_is_older_than_two_months_is_forgotten()
    {
        await using var host = await StartAsync();
        var senders = host.Services.GetRequiredService<RecordSenderSeen>();
        var now = _time.GetUtcNow().UtcDateTime;
        await senders.KeepAsync(1, "long ago", now.AddDays(-63));

        await senders.KeepAsync(1, "now", now);

        Assert.Equal("now", Assert.Single(await SeenAsync(host, _ => true)).Address);
    }
}
