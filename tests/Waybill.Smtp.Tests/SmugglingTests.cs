namespace Waybill.Smtp.Tests;

/// <summary>CVE-2023-51764 and its kin: an end of data that only some servers see.</summary>
public sealed class SmugglingTests
{
    const string Forged =
        "MAIL FROM:<boss@northwind.test>\r\nRCPT TO:<log@waybill.test>\r\nDATA\r\nSubject: forged\r\n\r\nx\r\n.\r\n";

    [Theory]
    [InlineData("\n.\n")]
    [InlineData("\n.\r\n")]
    [InlineData("\r.\r")]
    [InlineData("\r.\r\n")]
    [InlineData("\r\n.\n")]
    [InlineData("\r\n.\r")]
    [InlineData("\r\n.\r\r\n")]
    [InlineData("\r\n\0.\r\n")]
    [InlineData("\r\r\n.\r\r\n")]
    public async Task A_false_end_of_data_never_lets_a_second_mail_through(string falseEnd)
    {
        await using var receiver = await Receiver.StartAsync();
        using var line = await receiver.ConnectAsync();
        await line.BeginDataAsync();

        await line.SendAsync("Subject: honest\r\n\r\ntext" + falseEnd + Forged);

        Assert.StartsWith("550 5.6.0", await line.ReplyAsync());
        Assert.StartsWith("250 2.0.0 OK", await line.TellAsync("NOOP"));
        Assert.Empty(receiver.Stored);
        Assert.IsType<MailContentException>(Assert.Single(receiver.StoreSaw));
    }

    [Fact]
    public async Task A_stuffed_dot_hides_commands_as_text()
    {
        await using var receiver = await Receiver.StartAsync();
        using var line = await receiver.ConnectAsync();
        await line.BeginDataAsync();

        await line.SendAsync("text\r\n..\r\n" + Forged);

        Assert.StartsWith("250 2.0.0 Stored", await line.ReplyAsync());
        Assert.StartsWith("250 2.0.0 OK", await line.TellAsync("NOOP"));
        Assert.StartsWith(
            "text\r\n.\r\nMAIL FROM",
            System.Text.Encoding.ASCII.GetString(Assert.Single(receiver.Stored).Content)
        );
    }
}
