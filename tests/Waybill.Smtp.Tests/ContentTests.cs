using System.Text;

namespace Waybill.Smtp.Tests;

public sealed class ContentTests
{
    static readonly SmtpReceiverOptions Small = new() { HostName = "mx.waybill.test", MaxMessageBytes = 1000 };

    [Fact]
    public async Task A_drop_before_the_dot_is_a_failure_to_the_store_not_an_end()
    {
        await using var receiver = await Receiver.StartAsync();
        foreach (var drop in new Action<Line>[] { l => l.Reset(), l => l.CloseSending() })
        {
            using var line = await receiver.ConnectAsync();
            await line.BeginDataAsync();
            await line.SendAsync("Subject: half\r\n\r\ntext\r\n.\r");
            drop(line);
        }

        await UntilAsync(() => receiver.StoreSaw.Count == 2);
        Assert.All(
            receiver.StoreSaw,
            e => Assert.Equal(MailContentFault.CutShort, Assert.IsType<MailContentException>(e).Fault)
        );
        Assert.Empty(receiver.Stored);
        Assert.Empty(receiver.Errors);
    }

    [Fact]
    public async Task A_client_that_sends_everything_and_closes_its_half_still_gets_its_mail_stored()
    {
        await using var receiver = await Receiver.StartAsync();
        using var line = await receiver.ConnectAsync();
        await line.BeginDataAsync();
        await line.SendAsync("text\r\n.\r\nQUIT\r\n");
        line.CloseSending();

        Assert.StartsWith("250 2.0.0 Stored", await line.ReplyAsync());
        Assert.StartsWith("221", await line.ReplyAsync());
        Assert.Single(receiver.Stored);
    }

    [Fact]
    public async Task The_cap_counts_the_message_without_stuffed_dots_to_the_byte()
    {
        await using var receiver = await Receiver.StartAsync(Small);
        using var line = await receiver.ConnectAsync();
        await line.BeginDataAsync();
        var exact = "." + new string('x', 997) + "\r\n";
        await line.SendAsync("." + exact + ".\r\n");
        Assert.StartsWith("250 2.0.0", await line.ReplyAsync());
        Assert.Equal(1000, Assert.Single(receiver.Stored).Content.Length);

        await line.BeginNextDataAsync();
        await line.SendAsync("x" + exact + ".\r\n");
        Assert.StartsWith("552 5.3.4", await line.ReplyAsync());
        Assert.StartsWith("250 2.0.0", await line.TellAsync("NOOP"));
        Assert.Single(receiver.Stored);
        Assert.Equal(
            MailContentFault.TooLarge,
            Assert.IsType<MailContentException>(Assert.Single(receiver.StoreSaw)).Fault
        );
    }

    [Fact]
    public async Task Far_over_the_cap_the_connection_ends()
    {
        await using var receiver = await Receiver.StartAsync(Small);
        using var line = await receiver.ConnectAsync();
        await line.BeginDataAsync();
        await line.SendAsync(string.Concat(Enumerable.Repeat("0123456789\r\n", 300)));
        Assert.StartsWith("552 5.3.4", await line.ReplyAsync());
        Assert.Null(await line.ReplyAsync());
        Assert.Empty(receiver.Stored);
    }

    [Fact]
    public async Task A_large_mail_is_pulled_no_faster_than_the_store_reads()
    {
        const int Blocks = 30 * 16;
        var block = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(new string('m', 62) + "\r\n", 1024)));
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        long seen = 0;
        await using var receiver = await Receiver.StartAsync(
            storeMail: async (_, content, ct) =>
            {
                var buffer = new byte[4096];
                await content.ReadExactlyAsync(buffer, ct);
                await go.Task;
                seen = buffer.Length;
                for (int n; (n = await content.ReadAsync(buffer, ct)) > 0; )
                    seen += n;
                return StoreAnswer.Stored("large");
            }
        );
        using var line = await receiver.ConnectAsync();
        await line.BeginDataAsync();
        long sent = 0;
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < Blocks; i++)
            {
                await line.SendAsync(block);
                Interlocked.Add(ref sent, block.Length);
            }
            await line.SendAsync(".\r\n");
        });

        // With the store not reading, the sender gets stuck on the socket; nothing of ours takes the 30 MB in. Two looks that agree
        // show that it stands still; if a slow machine agrees too early, the bound below holds all the more.
        long last;
        do
        {
            last = Interlocked.Read(ref sent);
            await Task.Delay(100);
        } while (last == 0 || last != Interlocked.Read(ref sent));
        Assert.False(sending.IsCompleted);
        Assert.InRange(last, 1, 16L * block.Length * 16 - 1);

        go.SetResult();
        await sending;
        Assert.StartsWith("250 2.0.0 Stored as large", await line.ReplyAsync());
        Assert.Equal((long)Blocks * block.Length, seen);
    }

    public static TheoryData<string, string, bool> Stores =>
        new()
        {
            { "throws at once", "451 4.3.0", true },
            { "throws at the end", "451 4.3.0", true },
            { "says stored unread", "451 4.3.0", true },
            { "swallows the fault and says stored", "550 5.6.0", true },
            { "forgets to answer", "451 4.3.0", false },
            { "try later", "451 4.3.0", false },
            { "too large", "552 5.3.4", false },
            { "refuses unread", "554 5.6.0 No thanks", false },
        };

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Only_a_store_that_read_all_and_says_so_gets_250(string kind, string expected, bool logged)
    {
        await using var receiver = await Receiver.StartAsync(
            storeMail: async (_, content, ct) =>
            {
                if (kind == "throws at once")
                    throw new InvalidOperationException("disk full");
                if (kind == "says stored unread")
                    return StoreAnswer.Stored("x");
                if (kind == "refuses unread")
                    return StoreAnswer.Refused("No thanks");
                try
                {
                    await content.CopyToAsync(Stream.Null, ct);
                }
                catch (MailContentException) when (kind.StartsWith("swallows", StringComparison.Ordinal))
                {
                    return StoreAnswer.Stored("x");
                }
                return kind switch
                {
                    "throws at the end" => throw new InvalidOperationException("disk full"),
                    "forgets to answer" => default,
                    "too large" => StoreAnswer.TooLarge,
                    _ => StoreAnswer.TryLater,
                };
            }
        );
        using var line = await receiver.ConnectAsync();
        await line.BeginDataAsync();
        await line.SendAsync(
            "text\r\n" + (kind.StartsWith("swallows", StringComparison.Ordinal) ? "bare\n" : "") + "\r\n.\r\n"
        );

        Assert.StartsWith(expected, await line.ReplyAsync());
        Assert.StartsWith("250 2.0.0 OK", await line.TellAsync("NOOP"));
        Assert.Equal(logged, !receiver.Errors.IsEmpty);
    }

    [Fact]
    public async Task A_question_about_a_recipient_that_fails_is_logged_and_asked_again_later()
    {
        await using var receiver = await Receiver.StartAsync(
            mayReceive: (_, _, _) => throw new InvalidOperationException("database away")
        );
        using var line = await receiver.ConnectAsync();
        await line.ReplyAsync();
        await line.TellAsync("EHLO client.test");
        await line.TellAsync("MAIL FROM:<>");
        Assert.StartsWith("451 4.3.0", await line.TellAsync("RCPT TO:<log@waybill.test>"));
        Assert.Contains("database away", Assert.Single(receiver.Errors));
    }

    static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!condition())
            await Task.Delay(10, limit.Token);
    }
}
