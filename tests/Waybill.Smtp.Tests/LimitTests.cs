using System.Net;
using Microsoft.Extensions.Time.Testing;

namespace Waybill.Smtp.Tests;

public sealed class LimitTests
{
    static readonly SmtpReceiverOptions Plain = new() { HostName = "mx.waybill.test" };

    [Fact]
    public async Task Too_many_bad_commands_end_the_session()
    {
        await using var receiver = await Receiver.StartAsync(Plain with { MaxBadCommands = 3 });
        using var line = await receiver.ConnectAsync();
        await line.ReplyAsync();
        Assert.StartsWith("500", await line.TellAsync("WHAT"));
        Assert.StartsWith("503", await line.TellAsync("DATA"));
        Assert.StartsWith("500", await line.TellAsync("WHAT"));
        Assert.StartsWith("421 4.7.0", await line.ReplyAsync());
        Assert.Null(await line.ReplyAsync());
    }

    [Fact]
    public async Task Commands_that_move_nothing_end_the_session_and_a_mail_starts_the_count_again()
    {
        await using var receiver = await Receiver.StartAsync(Plain with { MaxIdleCommands = 3 });
        using var line = await receiver.ConnectAsync();
        await line.BeginDataAsync();
        await line.SendAsync("x\r\n.\r\n");
        Assert.StartsWith("250", await line.ReplyAsync());
        foreach (var command in new[] { "NOOP", "RSET", "VRFY x" })
            Assert.StartsWith("25", await line.TellAsync(command));
        Assert.StartsWith("250", await line.TellAsync("NOOP"));
        Assert.StartsWith("421 4.7.0", await line.ReplyAsync());
    }

    [Fact]
    public async Task Recipients_over_the_limit_are_asked_to_come_later_and_the_rest_gets_its_mail()
    {
        await using var receiver = await Receiver.StartAsync(Plain with { MaxRecipients = 2 });
        using var line = await receiver.ConnectAsync();
        await line.ReplyAsync();
        await line.TellAsync("EHLO client.test");
        await line.TellAsync("MAIL FROM:<>");
        Assert.StartsWith("250", await line.TellAsync("RCPT TO:<one@waybill.test>"));
        Assert.StartsWith("250", await line.TellAsync("RCPT TO:<two@waybill.test>"));
        Assert.StartsWith("452 4.5.3", await line.TellAsync("RCPT TO:<three@waybill.test>"));
        Assert.StartsWith("250", await line.TellAsync("RCPT TO:<two@waybill.test>"));
        await line.TellAsync("DATA");
        Assert.StartsWith("250", await line.TellAsync("."));
        Assert.Equal(["one", "two"], Assert.Single(receiver.Stored).Envelope.Recipients.Select(r => r.LocalPart));
    }

    [Fact]
    public async Task Messages_over_the_limit_need_a_new_session()
    {
        await using var receiver = await Receiver.StartAsync(Plain with { MaxMessagesPerSession = 1 });
        using var line = await receiver.ConnectAsync();
        await line.BeginDataAsync();
        Assert.StartsWith("250", await line.TellAsync("."));
        Assert.StartsWith("421 4.7.0", await line.TellAsync("MAIL FROM:<>"));
        Assert.Null(await line.ReplyAsync());
    }

    [Theory]
    [InlineData(2, 9)]
    [InlineData(9, 2)]
    public async Task Sessions_over_the_limit_are_turned_away_and_a_closed_one_makes_room(int all, int perAddress)
    {
        await using var receiver = await Receiver.StartAsync(
            Plain with
            {
                MaxSessions = all,
                MaxSessionsPerAddress = perAddress,
            }
        );
        using var one = await receiver.ConnectAsync();
        using var two = await receiver.ConnectAsync();
        Assert.StartsWith("220", await one.ReplyAsync());
        Assert.StartsWith("220", await two.ReplyAsync());
        using (var three = await receiver.ConnectAsync())
        {
            Assert.StartsWith("421 4.3.2", await three.ReplyAsync());
            Assert.Null(await three.ReplyAsync());
        }
        Assert.StartsWith("221", await one.TellAsync("QUIT"));
        Assert.Null(await one.ReplyAsync());

        string? greeting = null;
        for (var tries = 0; tries < 500 && greeting?.StartsWith("220", StringComparison.Ordinal) != true; tries++)
        {
            using var four = await receiver.ConnectAsync();
            greeting = await four.ReplyAsync();
        }
        Assert.StartsWith("220", greeting);
    }

    [Fact]
    public void One_IPv6_network_counts_as_one_address()
    {
        var open = new OpenSessions(max: 10, maxPerAddress: 1);
        Assert.True(open.TryEnter(IPAddress.Parse("2001:db8:1:2::1")));
        Assert.False(open.TryEnter(IPAddress.Parse("2001:db8:1:2:ffff::9")));
        Assert.True(open.TryEnter(IPAddress.Parse("2001:db8:1:3::1")));
        Assert.True(open.TryEnter(IPAddress.Parse("192.0.2.1")));
        Assert.True(open.TryEnter(IPAddress.Parse("192.0.2.2")));
    }

    [Fact]
    public async Task An_idle_client_is_told_and_closed()
    {
        await using var receiver = await Receiver.StartAsync(
            Plain with
            {
                CommandTimeout = TimeSpan.FromMilliseconds(150),
            }
        );
        using var line = await receiver.ConnectAsync();
        Assert.StartsWith("220", await line.ReplyAsync());
        Assert.StartsWith("421 4.4.2", await line.ReplyAsync());
        Assert.Null(await line.ReplyAsync());
    }

    [Fact]
    public async Task A_command_that_trickles_in_has_one_limit_for_the_whole_line()
    {
        var time = new FakeTimeProvider();
        await using var receiver = await Receiver.StartAsync(Plain, time: time);
        using var line = await receiver.ConnectAsync();
        Assert.StartsWith("220", await line.ReplyAsync());
        var reply = line.ReplyAsync();
        for (var minute = 0; minute < 6; minute++)
        {
            await line.SendAsync("N");
            time.Advance(TimeSpan.FromMinutes(1));
        }
        Assert.StartsWith("421 4.4.2", await reply);
    }

    [Theory]
    [InlineData(3, 1_000_000, false)] // nothing comes for three minutes
    [InlineData(1_000_000, 60, true)] // always something, but for over an hour
    public async Task A_mail_that_stalls_or_drips_is_given_up(int blockMinutes, int messageMinutes, bool drips)
    {
        var time = new FakeTimeProvider();
        await using var receiver = await Receiver.StartAsync(
            Plain with
            {
                DataTimeout = TimeSpan.FromMinutes(blockMinutes),
                MessageTimeout = TimeSpan.FromMinutes(messageMinutes),
            },
            time: time
        );
        using var line = await receiver.ConnectAsync();
        await line.BeginDataAsync();
        await line.SendAsync("x");
        var reply = line.ReplyAsync();
        while (!reply.IsCompleted)
        {
            if (drips)
                await line.SendAsync("x");
            time.Advance(TimeSpan.FromMinutes(1));
            await Task.WhenAny(reply, Task.Delay(5));
        }
        Assert.StartsWith("421 4.4.2", await reply);
        var saw = Assert.IsType<MailContentException>(Assert.Single(receiver.StoreSaw));
        Assert.Equal(MailContentFault.TimedOut, saw.Fault);
    }

    [Fact]
    public async Task Who_talks_before_the_greeting_is_refused_where_asked_for()
    {
        await using var receiver = await Receiver.StartAsync(
            Plain with
            {
                GreetingDelay = TimeSpan.FromMinutes(1),
            },
            time: new FakeTimeProvider()
        );
        using var line = await receiver.ConnectAsync();
        await line.SendAsync("EHLO spam.test\r\n");
        Assert.StartsWith("554 5.5.0", await line.ReplyAsync());
    }

    [Fact]
    public async Task Who_waits_gets_the_delayed_greeting()
    {
        await using var receiver = await Receiver.StartAsync(
            Plain with
            {
                GreetingDelay = TimeSpan.FromMilliseconds(50),
            }
        );
        using var line = await receiver.ConnectAsync();
        Assert.StartsWith("220", await line.ReplyAsync());
        Assert.StartsWith("250", await line.TellAsync("NOOP"));
    }

    [Fact]
    public async Task A_stopping_host_says_so_to_the_idle_and_lets_a_mail_in_flight_finish()
    {
        await using var receiver = await Receiver.StartAsync(Plain);
        using var idle = await receiver.ConnectAsync();
        Assert.StartsWith("220", await idle.ReplyAsync());
        using var busy = await receiver.ConnectAsync();
        await busy.BeginDataAsync();
        await busy.SendAsync("first half\r\n");

        var stopping = receiver.StopAsync();
        Assert.StartsWith("421 4.3.2", await idle.ReplyAsync());
        Assert.Null(await idle.ReplyAsync());
        await busy.SendAsync("second half\r\n.\r\n");
        Assert.StartsWith("250 2.0.0 Stored", await busy.ReplyAsync());
        Assert.StartsWith("421 4.3.2", await busy.ReplyAsync());
        await stopping;
        Assert.Single(receiver.Stored);
    }

    [Fact]
    public async Task A_host_that_can_wait_no_longer_fails_the_mail_in_flight()
    {
        await using var receiver = await Receiver.StartAsync(Plain);
        using var line = await receiver.ConnectAsync();
        await line.BeginDataAsync();
        await line.SendAsync("first half\r\n");
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await receiver.StopAsync(now.Token);
        Assert.Null(await line.ReplyAsync());
        Assert.Empty(receiver.Stored);
    }
}
