using System.Net;
using System.Security.Cryptography.X509Certificates;
using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.Extensions.Time.Testing;
using MimeKit;

namespace Waybill.Smtp.Tests;

public sealed class TlsTests : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("waybill-tls-").FullName;

    static readonly SmtpReceiverOptions Offered = new()
    {
        HostName = "mx.waybill.test",
        Certificate = TestCertificate.Shared,
    };

    [Fact]
    public async Task Commands_slipped_in_behind_STARTTLS_are_never_obeyed()
    {
        await using var receiver = await Receiver.StartAsync(Offered);
        using var line = await receiver.ConnectAsync();
        await line.ReplyAsync();
        await line.TellAsync("EHLO client.test");

        // CVE-2011-0411: one packet, so that the injected part is there when the handshake begins.
        Assert.StartsWith("220", await line.TellAsync("STARTTLS\r\nEHLO evil.test\r\nMAIL FROM:<evil@x.test>"));
        await line.BeginTlsAsync();

        Assert.StartsWith("503 5.5.1 Send EHLO", await line.TellAsync("RCPT TO:<log@waybill.test>"));
        Assert.StartsWith("250-", await line.TellAsync("EHLO client.test"));
        Assert.StartsWith("503 5.5.1 Send MAIL", await line.TellAsync("RCPT TO:<log@waybill.test>"));
    }

    [Theory]
    [InlineData("EHLO client.test\r\nMAIL FROM:<a@b.test>\r\n")]
    [InlineData("\x16\x03\x01\xFF\xFF\x01\x02\x03")]
    [InlineData("\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00")]
    [InlineData("")]
    public async Task Garbage_for_a_handshake_closes_the_session_and_nothing_else(string garbage)
    {
        await using var receiver = await Receiver.StartAsync(Offered);
        using var line = await receiver.ConnectAsync();
        await line.ReplyAsync();
        await line.TellAsync("EHLO client.test");
        Assert.StartsWith("220", await line.TellAsync("STARTTLS"));
        await line.SendAsync(garbage);
        line.CloseSending();

        var rest = await line.RestAsync();
        // A TLS alert perhaps, never a reply.
        Assert.DoesNotContain("250", System.Text.Encoding.Latin1.GetString(rest));
        Assert.Empty(receiver.Errors);
        using var next = await receiver.ConnectAsync();
        Assert.StartsWith("220", await next.ReplyAsync());
    }

    [Fact]
    public async Task A_client_that_never_finishes_its_handshake_is_let_go()
    {
        await using var receiver = await Receiver.StartAsync(
            Offered with
            {
                HandshakeTimeout = TimeSpan.FromMilliseconds(150),
            }
        );
        using var line = await receiver.ConnectAsync();
        await line.ReplyAsync();
        await line.TellAsync("EHLO client.test");
        Assert.StartsWith("220", await line.TellAsync("STARTTLS"));
        Assert.Empty(await line.RestAsync());
        Assert.Empty(receiver.Errors);
    }

    [Fact]
    public async Task In_TLS_limits_and_shutdown_work_as_without()
    {
        await using var receiver = await Receiver.StartAsync(
            Offered with
            {
                CommandTimeout = TimeSpan.FromMilliseconds(300),
            }
        );
        using var slow = await SecureAsync(receiver);
        Assert.StartsWith("421 4.4.2", await slow.ReplyAsync());
        Assert.Null(await slow.ReplyAsync());

        await using var patient = await Receiver.StartAsync(Offered);
        using var idle = await SecureAsync(patient);
        using var busy = await SecureAsync(patient);
        await busy.TellAsync("EHLO client.test");
        await busy.BeginNextDataAsync();
        await busy.SendAsync("first half\r\n");
        var stopping = patient.StopAsync();
        Assert.StartsWith("421 4.3.2", await idle.ReplyAsync());
        await busy.SendAsync("second half\r\n.\r\n");
        Assert.StartsWith("250 2.0.0 Stored", await busy.ReplyAsync());
        await stopping;
        Assert.Equal("ESMTPS", Assert.Single(patient.Stored).Envelope.Protocol);
        Assert.DoesNotContain(patient.Errors, e => e.StartsWith("Session", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_drop_in_TLS_before_the_dot_stores_nothing()
    {
        await using var receiver = await Receiver.StartAsync(Offered);
        using (var line = await SecureAsync(receiver))
        {
            await line.TellAsync("EHLO client.test");
            await line.BeginNextDataAsync();
            await line.SendAsync("Subject: half\r\n\r\ntext\r\n.\r");
            line.Reset();
        }
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (receiver.StoreSaw.IsEmpty)
            await Task.Delay(10, limit.Token);
        Assert.Empty(receiver.Stored);
        Assert.Empty(receiver.Errors);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(3_000_000)]
    public async Task MailKit_delivers_over_STARTTLS(int size)
    {
        await using var receiver = await Receiver.StartAsync(Offered);
        using var client = new SmtpClient();
        client.ServerCertificateValidationCallback = (_, certificate, _, _) =>
            certificate!.Subject == "CN=mx.waybill.test";
        await client.ConnectAsync("127.0.0.1", receiver.Port, SecureSocketOptions.StartTls);
        var message = new MimeMessage
        {
            Subject = "private",
            Body = new TextPart("plain") { Text = Long(size) },
        };
        message.From.Add(new MailboxAddress("", "anna@northwind.test"));
        message.To.Add(new MailboxAddress("", "log@waybill.test"));
        await client.SendAsync(message);
        await client.DisconnectAsync(true);

        var stored = Assert.Single(receiver.Stored);
        Assert.Equal("ESMTPS", stored.Envelope.Protocol);
        Assert.Matches("^TLSv1.3 TLS_", stored.Envelope.Tls);
        using var content = new MemoryStream(stored.Content);
        var text = ((TextPart)(await MimeMessage.LoadAsync(content)).Body!).Text;
        Assert.Equal(Long(size), text.ReplaceLineEndings("\r\n"));
        Assert.Contains(
            " with ESMTPS (TLSv1.3 TLS_",
            System.Text.Encoding.ASCII.GetString(TraceHeader.For(stored.Envelope))
        );
    }

    [Fact]
    public async Task A_renewed_certificate_is_shown_to_the_next_client_and_sessions_go_on()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        // As certbot does: live/ is a link that is turned to the new folder.
        var (old, renewed) = (TestCertificate.Make(), TestCertificate.Make());
        TestCertificate.Write(Path.Combine(folder, "1"), old);
        TestCertificate.Write(Path.Combine(folder, "2"), renewed);
        var live = Path.Combine(folder, "live");
        Directory.CreateSymbolicLink(live, Path.Combine(folder, "1"));
        var files = new SmtpCertificateFiles(Path.Combine(live, "fullchain.pem"), Path.Combine(live, "privkey.pem"));
        await using var receiver = await Receiver.StartAsync(
            Offered with
            {
                Certificate = SmtpCertificate.FromFiles(files),
            },
            time: time
        );
        using var before = await SecureAsync(receiver);
        Assert.Equal(old.GetCertHashString(), before.Certificate);

        Directory.Delete(live);
        Directory.CreateSymbolicLink(live, Path.Combine(folder, "2"));
        time.Advance(TimeSpan.FromSeconds(11));

        using var after = await SecureAsync(receiver);
        Assert.Equal(renewed.GetCertHashString(), after.Certificate);
        Assert.StartsWith("250", await before.TellAsync("NOOP"));
        Assert.Empty(receiver.Errors);
    }

    [Fact]
    public async Task New_files_that_are_no_use_are_reported_once_and_the_old_certificate_stays()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var old = TestCertificate.Make();
        var files = TestCertificate.Write(folder, old);
        await using var receiver = await Receiver.StartAsync(
            Offered with
            {
                Certificate = SmtpCertificate.FromFiles(files),
            },
            time: time
        );

        // The certificate has come, its key has not.
        var renewed = TestCertificate.Make();
        var key = await File.ReadAllTextAsync(files.Key!, TestContext.Current.CancellationToken);
        TestCertificate.Write(folder, renewed);
        var newKey = await File.ReadAllTextAsync(files.Key!, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(files.Key!, key, TestContext.Current.CancellationToken);
        for (var look = 0; look < 3; look++)
        {
            time.Advance(TimeSpan.FromSeconds(11));
            using var line = await SecureAsync(receiver);
            Assert.Equal(old.GetCertHashString(), line.Certificate);
        }
        Assert.Contains(files.Certificate, Assert.Single(receiver.Errors));

        File.Delete(files.Key!);
        time.Advance(TimeSpan.FromSeconds(11));
        using (var line = await SecureAsync(receiver))
            Assert.Equal(old.GetCertHashString(), line.Certificate);
        Assert.Equal(2, receiver.Errors.Count);

        await File.WriteAllTextAsync(files.Key!, newKey, TestContext.Current.CancellationToken);
        time.Advance(TimeSpan.FromSeconds(11));
        using var healed = await SecureAsync(receiver);
        Assert.Equal(renewed.GetCertHashString(), healed.Certificate);
    }

    [Fact]
    public async Task A_PFX_with_a_password_serves_as_well()
    {
        var certificate = TestCertificate.Make();
        var file = Path.Combine(folder, "mx.pfx");
        await File.WriteAllBytesAsync(
            file,
            certificate.Export(X509ContentType.Pkcs12, "secret"),
            TestContext.Current.CancellationToken
        );
        await using var receiver = await Receiver.StartAsync(
            Offered with
            {
                Certificate = SmtpCertificate.FromFiles(new(file, Password: "secret")),
            }
        );
        using var line = await SecureAsync(receiver);
        Assert.Equal(certificate.GetCertHashString(), line.Certificate);
        Assert.Throws<SmtpCertificateException>(() => SmtpCertificate.FromFiles(new(file, Password: "wrong")));
    }

    [Fact]
    public void Files_that_can_t_serve_are_named_at_start()
    {
        var files = TestCertificate.Write(folder, TestCertificate.Make());
        var missing = Path.Combine(folder, "missing.pem");
        var other = TestCertificate.Write(Path.Combine(folder, "other"), TestCertificate.Make());
        foreach (
            var (bad, named) in new[]
            {
                (files with { Certificate = missing }, missing),
                (files with { Key = missing }, missing),
                (files with { Key = null }, files.Certificate),
                (files with { Key = other.Key }, other.Key!),
                (files with { Certificate = files.Key! }, files.Key!),
                (files with { Certificate = folder }, folder),
            }
        )
        {
            var mistake = Assert.Throws<SmtpCertificateException>(() => SmtpCertificate.FromFiles(bad));
            Assert.Contains(named, mistake.Message);
            Assert.DoesNotContain('\n', mistake.Message);
        }
    }

    [Theory]
    [InlineData(TlsDemand.Nobody, "192.0.2.1", false)]
    [InlineData(TlsDemand.Outsiders, "192.0.2.1", true)]
    [InlineData(TlsDemand.Outsiders, "2001:db8::1", true)]
    [InlineData(TlsDemand.Outsiders, "127.0.0.5", false)]
    [InlineData(TlsDemand.Outsiders, "::1", false)]
    [InlineData(TlsDemand.Everybody, "127.0.0.1", true)]
    public void Who_must_begin_TLS(TlsDemand demand, string remote, bool must) =>
        Assert.Equal(must, (Offered with { TlsDemand = demand }).DemandsTls(IPAddress.Parse(remote)));

    static async Task<Line> SecureAsync(Receiver receiver)
    {
        var line = await receiver.ConnectAsync();
        Assert.StartsWith("220", await line.ReplyAsync());
        Assert.Contains("STARTTLS", await line.TellAsync("EHLO client.test"));
        Assert.StartsWith("220", await line.TellAsync("STARTTLS"));
        await line.BeginTlsAsync();
        return line;
    }

    static string Long(int size) => string.Concat(Enumerable.Repeat("Zażółć\r\n", size / 10)) + "end\r\n";

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
