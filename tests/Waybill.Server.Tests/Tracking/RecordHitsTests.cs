using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Waybill.Server.Spool;
using Waybill.Server.Timeline;
using Waybill.Server.Tracking;

namespace Waybill.Server.Tests.Tracking;

public sealed class RecordHitsTests
{
    static readonly DateTime At = new(2026, 11, 23, 10, 0, 0, DateTimeKind.Utc);

    static HitEvidence Hit(long id, long mail, HitKind kind = HitKind.Open, int? link = null, DateTime? at = null) =>
        new()
        {
            Id = id,
            Kind = kind,
            MailId = mail,
            Link = link ?? (kind == HitKind.Click ? 0 : null),
            At = at ?? At,
            UserAgent = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
        };

    static Task DrainAsync(TrackingHost host, params HitEvidence[] hits) =>
        host
            .Services.GetRequiredService<RecordHits>()
            .DrainAsync(
                [
                    .. hits.Select(
                        (h, i) =>
                            new SpoolItem
                            {
                                Id = i,
                                OriginId = i,
                                AppendedAt = At,
                                Head = h.ToBytes(),
                                BodyLength = 0,
                            }
                    ),
                ],
                CancellationToken.None
            );

    [Fact]
    public async Task An_open_and_a_click_are_stored_counted_and_told()
    {
        await using var host = await TrackingHost.StartAsync();
        var mail = await host.AddMailAsync();

        using var pixel = await host.AskAsync(host.Tokens.PixelUrl(mail.Id), headers: ("Accept-Language", "pl"));
        using var click = await host.AskAsync(host.Tokens.ClickUrl(mail.Id, 4, "https://example.com/"));
        await host.DrainedAsync();

        var hits = await host.HitsAsync();
        Assert.Equal(
            [(HitKind.Open, (int?)null), (HitKind.Click, 4)],
            hits.Select(h => (h.Kind, h.LinkNumber)).OrderBy(h => h.Kind)
        );
        Assert.All(
            hits,
            h =>
            {
                Assert.Equal(VerdictKind.Human, h.Verdict);
                Assert.Equal(["Firefox"], h.Reasons);
                Assert.Equal(mail.Recipients[0].Id, h.RecipientId);
                Assert.Equal(DateTimeKind.Utc, h.At.Kind);
            }
        );
        Assert.Equal("pl", hits[0].Headers["accept-language"]);
        var after = await host.ReadMailAsync(mail.Id);
        Assert.Equal((1, 1, 0), (after.Opens, after.Clicks, after.MachineHits));
        Assert.Equal(hits.Max(h => h.At), after.LastEventAt);
        Assert.Equal(2, host.Count("hits Human"));
        Assert.All(hits, h => Assert.Contains(new MailChanged(mail.UserId, mail.Id, h.Id), host.Heard));
        Assert.Contains(new RecordChanged(100), host.Heard);
    }

    [Fact]
    public async Task A_machine_is_counted_apart_and_does_not_lift_the_mail_in_the_feed()
    {
        await using var host = await TrackingHost.StartAsync();
        var mail = await host.AddMailAsync();

        using var _ = await host.AskAsync(host.Tokens.PixelUrl(mail.Id), agent: "curl/8.5.0");
        await host.DrainedAsync();

        var after = await host.ReadMailAsync(mail.Id);
        Assert.Equal((0, 0, 1), (after.Opens, after.Clicks, after.MachineHits));
        Assert.Equal(mail.LastEventAt, after.LastEventAt);
    }

    [Fact]
    public async Task An_open_that_may_be_a_person_counts()
    {
        await using var host = await TrackingHost.StartAsync();
        var mail = await host.AddMailAsync();

        using var _ = await host.AskAsync(host.Tokens.PixelUrl(mail.Id), agent: "Mozilla/5.0");
        await host.DrainedAsync();

        Assert.Equal(VerdictKind.Unknowable, Assert.Single(await host.HitsAsync()).Verdict);
        Assert.Equal(1, (await host.ReadMailAsync(mail.Id)).Opens);
    }

    [Fact]
    public async Task A_hit_drained_twice_is_one_row_and_counts_once()
    {
        await using var host = await TrackingHost.StartAsync();
        var mail = await host.AddMailAsync();

        await DrainAsync(host, Hit(1, mail.Id), Hit(1, mail.Id), Hit(2, mail.Id));
        await DrainAsync(host, Hit(2, mail.Id), Hit(3, mail.Id));

        Assert.Equal([1, 2, 3], (await host.HitsAsync()).Select(h => h.SpoolId));
        Assert.Equal(3, (await host.ReadMailAsync(mail.Id)).Opens);
        Assert.Equal(3, host.Heard.OfType<MailChanged>().Count());
    }

    [Fact]
    public async Task A_batch_with_an_unreadable_hit_leaves_nothing_half_done()
    {
        await using var host = await TrackingHost.StartAsync();
        var mail = await host.AddMailAsync();

        await host.Lane.AppendAsync("not a hit"u8.ToArray());
        using var _ = await host.AskAsync(host.Tokens.PixelUrl(mail.Id));
        await host.DrainedAsync();

        Assert.Single(await host.HitsAsync());
        Assert.Single(host.Lane.Parked.List());
    }

    [Fact]
    public async Task A_hit_on_a_deleted_mail_is_dropped_and_counted()
    {
        await using var host = await TrackingHost.StartAsync();
        var mail = await host.AddMailAsync();

        await DrainAsync(host, Hit(1, 999_999), Hit(2, mail.Id));

        Assert.Equal(2, Assert.Single(await host.HitsAsync()).SpoolId);
        Assert.Equal(1, host.Count("dropped"));
    }

    [Fact]
    public async Task With_several_recipients_no_one_is_named()
    {
        await using var host = await TrackingHost.StartAsync();
        var mail = await host.AddMailAsync(recipients: 2);

        await DrainAsync(host, Hit(1, mail.Id));

        Assert.Null(Assert.Single(await host.HitsAsync()).RecipientId);
        Assert.Contains(new RecordChanged(101), host.Heard);
    }

    [Fact]
    public async Task A_mail_that_left_while_we_were_away_is_known_to_be_sent_by_its_first_hit()
    {
        await using var host = await TrackingHost.StartAsync();
        var mail = await host.AddMailAsync(state: SendState.Draft);

        await DrainAsync(host, Hit(1, mail.Id, at: At.AddHours(1)), Hit(2, mail.Id, at: At));

        var after = await host.ReadMailAsync(mail.Id);
        Assert.Equal((SendState.Sent, At), (after.State, after.SentAt));
    }

    [Fact]
    public async Task A_draft_that_was_not_cleared_for_tracking_stays_a_draft()
    {
        await using var host = await TrackingHost.StartAsync();
        var mail = await host.AddMailAsync(state: SendState.Draft, track: false);

        await DrainAsync(host, Hit(1, mail.Id));

        Assert.Equal(SendState.Draft, (await host.ReadMailAsync(mail.Id)).State);
        await using var db = host.Db();
        Assert.Empty(db.Hits);
    }

    [Fact]
    public async Task The_time_of_sending_that_is_known_is_kept()
    {
        await using var host = await TrackingHost.StartAsync();
        var mail = await host.AddMailAsync();

        await DrainAsync(host, Hit(1, mail.Id));

        Assert.Equal(mail.SentAt, (await host.ReadMailAsync(mail.Id)).SentAt);
    }

    [Fact]
    public async Task Many_links_at_once_are_a_scanner_also_across_batches()
    {
        await using var host = await TrackingHost.StartAsync();
        var mail = await host.AddMailAsync();

        await DrainAsync(
            host,
            Hit(1, mail.Id, HitKind.Click, 0),
            Hit(2, mail.Id, HitKind.Click, 1, At.AddSeconds(0.5))
        );
        await DrainAsync(host, Hit(3, mail.Id, HitKind.Click, 2, At.AddSeconds(1)));

        var last = (await host.HitsAsync())[^1];
        Assert.Equal(VerdictKind.Machine, last.Verdict);
        Assert.Equal("ManyLinksAtOnce", last.Reasons[0]);
    }

    [Fact]
    public async Task The_senders_own_look_is_kept_but_counts_nowhere()
    {
        await using var host = await TrackingHost.StartAsync();
        var mail = await host.AddMailAsync(state: SendState.Draft, user: 7);
        var keys = host.Services.GetRequiredService<LinkKeys>();
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        var desk = RemoteAddress.Of(IPAddress.Parse("198.51.100.20"), keys, now).Pseudonym;
        await host.Services.GetRequiredService<RecordSenderSeen>().KeepAsync(7, desk, now);

        using var own = await host.AskAsync(
            host.Tokens.PixelUrl(mail.Id),
            headers: ("X-Forwarded-For", "198.51.100.20")
        );
        await host.DrainedAsync();

        var hit = Assert.Single(await host.HitsAsync());
        Assert.Equal((VerdictKind.Machine, Verdict.OwnLook), (hit.Verdict, hit.Reasons[0]));
        var after = await host.ReadMailAsync(mail.Id);
        Assert.Equal((0, 0, 0, SendState.Draft), (after.Opens, after.Clicks, after.MachineHits, after.State));

        var others = await host.AddMailAsync(user: 8);
        using var other = await host.AskAsync(
            host.Tokens.PixelUrl(others.Id),
            headers: ("X-Forwarded-For", "198.51.100.20")
        );
        await host.DrainedAsync();
        Assert.Equal(1, (await host.ReadMailAsync(others.Id)).Opens);
    }

    [Theory]
    [InlineData("198.51.100.77", "198.51.100.0/24")]
    [InlineData("2001:db8:77:66::55", "2001:db8:77::/48")]
    public async Task No_address_is_written_anywhere(string address, string network)
    {
        await using var host = await TrackingHost.StartAsync();
        var mail = await host.AddMailAsync();

        using var _ = await host.AskAsync(
            host.Tokens.PixelUrl(mail.Id),
            headers:
            [
                ("X-Forwarded-For", $"{address}, {address}"),
                ("Via", $"1.1 {address}:8080"),
                (
                    "Referer",
                    $"http://{(address.Contains(':', StringComparison.Ordinal) ? $"[{address}]" : address)}/mail?ip={address}"
                ),
            ]
        );
        await host.DrainedAsync();

        var hit = Assert.Single(await host.HitsAsync());
        Assert.Equal((network, AddressClass.Public), (hit.Network, hit.AddressClass));
        Assert.Equal("present", hit.Headers["x-forwarded-for"]);
        Assert.Equal("address", hit.Headers["referer"]);
        var raw = IPAddress.Parse(address).GetAddressBytes();
        foreach (
            var path in Directory
                .GetFiles(host.Data, "*", SearchOption.AllDirectories)
                .Where(f => Path.GetFileName(f) != "lock")
        )
        {
            await using var file = new FileStream(
                path,
                FileMode.Open,
                FileAccess.Read,
                FileShare.ReadWrite | FileShare.Delete
            );
            using var copy = new MemoryStream();
            await file.CopyToAsync(copy);
            var bytes = copy.GetBuffer().AsSpan(0, (int)copy.Length);
            Assert.True(bytes.IndexOf(Encoding.ASCII.GetBytes(address)) < 0, $"{path} names {address}");
            Assert.True(raw.Length < 16 || bytes.IndexOf(raw) < 0, $"{path} holds {address}");
        }
    }

    [Theory]
    [InlineData("127.0.0.1", AddressClass.Loopback)]
    [InlineData("::1", AddressClass.Loopback)]
    [InlineData("::ffff:127.0.0.1", AddressClass.Loopback)]
    [InlineData("10.1.2.3", AddressClass.Private)]
    [InlineData("172.31.0.1", AddressClass.Private)]
    [InlineData("172.32.0.1", AddressClass.Public)]
    [InlineData("192.168.1.1", AddressClass.Private)]
    [InlineData("100.64.0.1", AddressClass.Private)]
    [InlineData("169.254.1.1", AddressClass.Private)]
    [InlineData("fe80::1", AddressClass.Private)]
    [InlineData("fd00::1", AddressClass.Private)]
    [InlineData("2001:db8::1", AddressClass.Public)]
    [InlineData("203.0.113.9", AddressClass.Public)]
    public async Task An_address_has_a_class(string address, AddressClass expected)
    {
        await using var host = await TrackingHost.StartAsync(migrate: false);
        var keys = host.Services.GetRequiredService<LinkKeys>();
        Assert.Equal(expected, RemoteAddress.Of(IPAddress.Parse(address), keys, At).Class);
    }

    [Fact]
    public async Task A_pseudonym_lasts_a_month_and_needs_the_key()
    {
        await using var host = await TrackingHost.StartAsync(migrate: false);
        await using var elsewhere = await TrackingHost.StartAsync(migrate: false);
        var (keys, otherKeys) = (
            host.Services.GetRequiredService<LinkKeys>(),
            elsewhere.Services.GetRequiredService<LinkKeys>()
        );
        var address = IPAddress.Parse("203.0.113.9");

        var november = RemoteAddress.Of(address, keys, At).Pseudonym;

        Assert.Equal(november, RemoteAddress.Of(address.MapToIPv6(), keys, At.AddDays(7)).Pseudonym);
        Assert.NotEqual(november, RemoteAddress.Of(address, keys, At.AddDays(8)).Pseudonym);
        Assert.NotEqual(november, RemoteAddress.Of(IPAddress.Parse("203.0.113.8"), keys, At).Pseudonym);
        Assert.NotEqual(november, RemoteAddress.Of(address, otherKeys, At).Pseudonym);
    }
}
