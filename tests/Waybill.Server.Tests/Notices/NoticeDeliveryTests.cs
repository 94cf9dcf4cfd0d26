using System.Globalization;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Waybill.Server.Identity;
using Waybill.Server.Notices;
using Waybill.Server.Tests.Identity;

namespace Waybill.Server.Tests.Notices;

/// <summary>One Waybill sends its notices to another one's receiver, which is away, back, or refuses.</summary>
public sealed partial class NoticeDeliveryTests : IAsyncLifetime
{
    /// <summary>Accepts mail for *.test and nothing else.</summary>
    readonly WaybillHost _relay = new();

    readonly WaybillHost _waybill;

    public NoticeDeliveryTests() =>
        _waybill = new WaybillHost
        {
            Demo = false,
            More =
            [
                "--Waybill:Relay:Host=127.0.0.1",
                string.Create(CultureInfo.InvariantCulture, $"--Waybill:Relay:Port={_relay.SmtpPort}"),
                "--Waybill:Relay:Security=none",
                "--Waybill:Relay:From=waybill@acme.test",
            ],
        };

    public async ValueTask InitializeAsync()
    {
        await _relay.InitializeAsync();
        await _waybill.InitializeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _waybill.DisposeAsync();
        await _relay.DisposeAsync();
    }

    async Task QueueAsync(string to, string subject = "Hello")
    {
        await using var db = _waybill.Db();
        Assert.True(
            _waybill
                .Services.GetRequiredService<QueueNotice>()
                .Into(db, to, "Nina", "en", _ => new Letter(subject, ["Hi."], "Go", "https://acme.test/x", "Bye."))
        );
        await db.SaveChangesAsync();
    }

    async Task<Notice> UntilAsync(string to, Func<Notice, bool> is_)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(40));
        while (true)
        {
            await using (var db = _waybill.Db())
            {
                var notice = await db.Notices.AsNoTracking().SingleAsync(n => n.To == to, deadline.Token);
                if (is_(notice))
                    return notice;
            }
            await Task.Delay(50, deadline.Token);
        }
    }

    sealed record Headline(long Id, string Subject);

    async Task<Headline[]> InboxAsync(string to)
    {
        await _relay.DrainedAsync("mail");
        using var http = new HttpClient { BaseAddress = new Uri(_relay.Url) };
        return await http.GetFromJsonAsync<Headline[]>($"/demo/inbox/messages?to={to}") ?? [];
    }

    async Task<WebVisitor> AdminAsync()
    {
        await _waybill.AddUserAsync(
            "ada@acme.test",
            u =>
            {
                WebVisitor.GivePassword(u);
                u.Role = Role.SuperAdmin;
            }
        );
        var admin = new WebVisitor(_waybill.Url);
        await admin.SignInAsync("ada@acme.test");
        return admin;
    }

    [Fact]
    public async Task A_notice_waits_while_the_relay_is_away_and_over_a_restart_and_leaves_when_it_is_back()
    {
        await _relay.StopAsync();
        await QueueAsync("nina@acme.test");
        var waiting = await UntilAsync("nina@acme.test", n => n.Reason is not null);
        Assert.Equal(NoticeState.Queued, waiting.State);
        using (var admin = await AdminAsync())
        {
            var row = (await admin.SeeAsync("/settings/notices")).QuerySelector("tbody tr")!;
            Assert.Contains("nina@acme.test", row.TextContent, StringComparison.Ordinal);
            Assert.Contains("Waiting", row.TextContent, StringComparison.Ordinal);
            Assert.Contains(waiting.Reason!, row.TextContent, StringComparison.Ordinal);
        }

        await _waybill.StopAsync();
        await _relay.StartAsync();
        await _waybill.StartAsync();

        var sent = await UntilAsync("nina@acme.test", n => n.State == NoticeState.Sent);
        Assert.Equal(("", "", null), (sent.Text, sent.Html, sent.Reason));
        Assert.Equal("Hello", Assert.Single(await InboxAsync("nina@acme.test")).Subject);
    }

    [Fact]
    public async Task One_that_is_refused_for_good_is_given_up_with_the_reason_and_holds_up_no_other()
    {
        await QueueAsync("nobody@elsewhere.example");
        await QueueAsync("nina@acme.test");

        var refused = await UntilAsync("nobody@elsewhere.example", n => n.State == NoticeState.Failed);
        await UntilAsync("nina@acme.test", n => n.State == NoticeState.Sent);
        Assert.NotEmpty(refused.Reason!);
        Assert.Single(await InboxAsync("nina@acme.test"));

        using var admin = await AdminAsync();
        var page = await admin.SeeAsync("/settings/notices");
        Assert.Contains(
            "Given up",
            Assert.Single(page.QuerySelectorAll("tbody tr")).TextContent,
            StringComparison.Ordinal
        );
        using var again = await admin.SubmitAsync(page, "tbody form");
        await UntilAsync("nobody@elsewhere.example", n => n.State == NoticeState.Failed && n.EndedAt > refused.EndedAt);
    }

    [Fact]
    public async Task After_three_days_a_notice_is_given_up()
    {
        await _relay.StopAsync();
        await QueueAsync("nina@acme.test");
        await using (var db = _waybill.Db())
            await db.Notices.ExecuteUpdateAsync(s =>
                s.SetProperty(n => n.GiveUpAt, n => n.QueuedAt).SetProperty(n => n.NextTryAt, n => n.QueuedAt)
            );

        var failed = await UntilAsync("nina@acme.test", n => n.State == NoticeState.Failed);
        Assert.NotNull(failed.Reason);
    }

    [Fact]
    public async Task What_a_kill_left_between_sending_and_saying_so_is_sent_again_under_the_same_message_id()
    {
        await QueueAsync("nina@acme.test");
        await UntilAsync("nina@acme.test", n => n.State == NoticeState.Sent);
        await using (var db = _waybill.Db())
            await db.Notices.ExecuteUpdateAsync(s => s.SetProperty(n => n.State, NoticeState.Queued));
        await UntilAsync("nina@acme.test", n => n.State == NoticeState.Sent);

        var inbox = await InboxAsync("nina@acme.test");
        using var http = new HttpClient { BaseAddress = new Uri(_relay.Url) };
        var ids = new List<string>();
        foreach (var mail in inbox)
            ids.Add(
                MessageId()
                    .Match(await http.GetStringAsync(new Uri($"/demo/inbox/messages/{mail.Id}/raw", UriKind.Relative)))
                    .Value
            );
        Assert.Equal(2, ids.Count);
        Assert.Single(ids.Distinct());
    }

    [Fact]
    public async Task What_was_not_committed_is_not_sent()
    {
        await using (var db = _waybill.Db())
        {
            await using var transaction = await db.Database.BeginTransactionAsync();
            _waybill
                .Services.GetRequiredService<QueueNotice>()
                .Into(db, "lost@acme.test", "", "en", _ => new Letter("Lost", [], "Go", "https://acme.test/x", ""));
            await db.SaveChangesAsync();
        }
        await QueueAsync("nina@acme.test");
        await UntilAsync("nina@acme.test", n => n.State == NoticeState.Sent);

        Assert.Empty(await InboxAsync("lost@acme.test"));
    }

    [Fact]
    public async Task Metrics_say_how_many_wait()
    {
        await _relay.StopAsync();
        await QueueAsync("nina@acme.test");
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        // Other hosts of this process share the exporter's figure, so the figure is read at its source.
        while (_waybill.Services.GetRequiredService<NoticesMeter>().Queued != 1)
            await Task.Delay(50, deadline.Token);
        using var http = new HttpClient { BaseAddress = new Uri(_waybill.Url) };
        Assert.Contains(
            "\nwaybill_notices_queued{",
            await http.GetStringAsync(new Uri("/metrics", UriKind.Relative)),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Old_ones_are_cleaned_up()
    {
        var now = DateTime.UnixEpoch.AddYears(56);
        await using var db = _waybill.Db();
        foreach (
            var (state, days) in new[]
            {
                (NoticeState.Sent, 29),
                (NoticeState.Sent, 31),
                (NoticeState.Failed, 89),
                (NoticeState.Failed, 91),
            }
        )
            db.Notices.Add(
                new Notice
                {
                    MessageId = "x",
                    To = $"{state}{days}",
                    ToName = "",
                    Subject = "",
                    Text = "",
                    Html = "",
                    QueuedAt = now.AddDays(-100),
                    NextTryAt = now,
                    GiveUpAt = now,
                    State = state,
                    EndedAt = now.AddDays(-days),
                }
            );
        await db.SaveChangesAsync();

        Assert.Equal(2, await TidyNotices.NowAsync(db, now));
        Assert.Equal(["Failed89", "Sent29"], await db.Notices.Select(n => n.To).Order().ToListAsync());
    }

    [GeneratedRegex(@"(?im)^Message-ID: .*$")]
    private static partial Regex MessageId();
}
