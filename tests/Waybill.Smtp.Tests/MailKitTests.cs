using System.Net;
using System.Text;
using MailKit.Net.Smtp;
using MimeKit;

namespace Waybill.Smtp.Tests;

public sealed class MailKitTests
{
    public static TheoryData<string> Mails => new() { "plain", "dots", "8bit", "attachment" };

    [Theory]
    [MemberData(nameof(Mails))]
    public async Task A_mail_arrives_as_it_was_sent(string kind)
    {
        await using var receiver = await Receiver.StartAsync();
        var message = Make(kind);
        var reply = await SendAsync(receiver, message);

        Assert.Contains("Stored as mail", reply);
        var stored = Assert.Single(receiver.Stored);
        Assert.Equal("anna@northwind.test", stored.Envelope.MailFrom?.ToString());
        Assert.Equal("log@waybill.test", Assert.Single(stored.Envelope.Recipients).ToString());
        Assert.Equal(IPAddress.Loopback, stored.Envelope.RemoteAddress);
        Assert.Equal("ESMTP", stored.Envelope.Protocol);
        Assert.Equal(stored.Content.Length, stored.Envelope.DeclaredSize);
        Assert.Equal(kind == "8bit", stored.Envelope.BodyIs8Bit);
        using var sent = new MemoryStream();
        await message.WriteToAsync(Wire, sent);
        Assert.Equal(Encoding.Latin1.GetString(sent.ToArray()), Encoding.Latin1.GetString(stored.Content));
    }

    [Fact]
    public async Task An_unknown_recipient_is_refused_by_name()
    {
        await using var receiver = await Receiver.StartAsync();
        var message = Make("plain");
        message.To.Clear();
        message.To.Add(MailboxAddress.Parse("nobody@elsewhere.test"));
        var refused = await Assert.ThrowsAsync<SmtpCommandException>(() => SendAsync(receiver, message));
        Assert.Equal(SmtpErrorCode.RecipientNotAccepted, refused.ErrorCode);
        Assert.Equal("nobody@elsewhere.test", refused.Mailbox?.Address);
        Assert.Empty(receiver.Stored);
    }

    [Fact]
    public async Task Fifty_senders_at_once_lose_nothing()
    {
        await using var receiver = await Receiver.StartAsync();
        await Task.WhenAll(
            Enumerable
                .Range(0, 50)
                .Select(async sender =>
                {
                    using var client = new SmtpClient();
                    await client.ConnectAsync("127.0.0.1", receiver.Port, MailKit.Security.SecureSocketOptions.None);
                    for (var n = 0; n < 4; n++)
                    {
                        var message = Make("plain");
                        message.Subject = $"{sender}/{n}";
                        await client.SendAsync(Wire, message);
                    }
                    await client.DisconnectAsync(true);
                })
        );
        var subjects = receiver.Stored.Select(m => MimeMessage.Load(new MemoryStream(m.Content)).Subject).ToHashSet();
        Assert.Equal(200, subjects.Count);
        Assert.Equal(200, receiver.Stored.Count);
        Assert.Empty(receiver.Errors);
    }

    [Fact]
    public async Task The_trace_header_parses_and_cannot_be_used_to_forge_another()
    {
        await using var receiver = await Receiver.StartAsync();
        using var line = await receiver.ConnectAsync();
        await line.ReplyAsync();
        await line.TellAsync("EHLO evil;by=(x)\"\\");
        await line.BeginNextDataAsync();
        await line.SendAsync("Subject: x\r\n\r\n.\r\n");
        Assert.StartsWith("250", await line.ReplyAsync());
        var stored = Assert.Single(receiver.Stored);
        var message = MimeMessage.Load(new MemoryStream([.. TraceHeader.For(stored.Envelope), .. stored.Content]));
        Assert.Equal(["Received", "Subject"], message.Headers.Select(h => h.Field));
        Assert.Matches(
            @"^from evil\?by\?\?x\?\?\? \(\[127\.0\.0\.1\]\) by mx\.waybill\.test with ESMTP id \w+; \w{3}, \d\d \w{3} \d{4} [\d:]{8} \+0000$",
            string.Join(' ', message.Headers[0].Value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        );
    }

    static readonly FormatOptions Wire = CrLf();

    static FormatOptions CrLf()
    {
        var options = FormatOptions.Default.Clone();
        options.NewLineFormat = NewLineFormat.Dos;
        options.EnsureNewLine = true;
        return options;
    }

    static MimeMessage Make(string kind)
    {
        var message = new MimeMessage { Subject = kind };
        message.From.Add(MailboxAddress.Parse("anna@northwind.test"));
        message.To.Add(MailboxAddress.Parse("log@waybill.test"));
        var text = new TextPart("plain") { Text = "Hello\r\n" };
        message.Body = text;
        switch (kind)
        {
            case "dots":
                text.Text = ".\r\n..\r\n.end\r\nmid.dle\r\n.\r\n";
                break;
            case "8bit":
                text.Text = "Zażółć gęślą jaźń\r\n";
                text.ContentTransferEncoding = ContentEncoding.EightBit;
                break;
            case "attachment":
                var bytes = new byte[300_000];
                new Random(7).NextBytes(bytes);
                var body = new BodyBuilder { TextBody = "See attached\r\n" };
                body.Attachments.Add("offer.bin", bytes);
                message.Body = body.ToMessageBody();
                break;
        }
        return message;
    }

    static async Task<string> SendAsync(Receiver receiver, MimeMessage message)
    {
        using var client = new SmtpClient();
        await client.ConnectAsync("127.0.0.1", receiver.Port, MailKit.Security.SecureSocketOptions.None);
        message.Prepare(EncodingConstraint.EightBit);
        var reply = await client.SendAsync(Wire, message);
        await client.DisconnectAsync(true);
        return reply;
    }
}
