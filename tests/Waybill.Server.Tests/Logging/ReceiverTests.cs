using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MimeKit;
using Waybill.Server.Logging;
using Waybill.Server.Storage;

namespace Waybill.Server.Tests.Logging;

/// <summary>The mail receiver as the operator has set it up.</summary>
public sealed class ReceiverTests : IAsyncLifetime
{
    const string Bcc = "1000001@bcc.waybill.test";
    const string Mail =
        "From: anna@northwind.test\r\nTo: lead@contoso.test\r\nSubject: offer\r\nMessage-ID: <1@northwind.test>\r\n\r\nHello\r\n";

    readonly string _folder = Directory.CreateTempSubdirectory("waybill-smtp-").FullName;
    readonly int _lmtpPort = WaybillHost.FreePort();
    readonly WaybillHost _waybill;

    public ReceiverTests()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=mail.northwind.test", key, HashAlgorithmName.SHA256);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(30));
        File.WriteAllText(In("fullchain.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(In("privkey.pem"), key.ExportPkcs8PrivateKeyPem());
        _waybill = new()
        {
            More =
            [
                $"--Waybill:Smtp:Certificate={In("fullchain.pem")}",
                $"--Waybill:Smtp:CertificateKey={In("privkey.pem")}",
                $"--Waybill:Smtp:LmtpPort={_lmtpPort}",
                $"--Waybill:Smtp:LmtpSocket={In("lmtp")}",
            ],
        };
    }

    string In(string name) => Path.Combine(_folder, name);

    public async ValueTask InitializeAsync()
    {
        // What a killed server leaves behind.
        using (var stale = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
            stale.Bind(new UnixDomainSocketEndPoint(In("lmtp")));
        await _waybill.InitializeAsync();
        await _waybill.AddUserAsync("anna@northwind.test");
    }

    public async ValueTask DisposeAsync()
    {
        await _waybill.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_mail_over_STARTTLS_is_kept_byte_for_byte_under_its_trace_and_counted()
    {
        using var smtp = new SmtpClient { LocalDomain = "relay.northwind.test" };
        smtp.ServerCertificateValidationCallback = (_, certificate, _, _) =>
            certificate!.Subject == "CN=mail.northwind.test";
        await smtp.ConnectAsync("127.0.0.1", _waybill.SmtpPort, SecureSocketOptions.StartTls);
        await smtp.SendAsync(
            MimeMessage.Load(new MemoryStream(Encoding.ASCII.GetBytes(Mail))),
            MailboxAddress.Parse("bounces@northwind.test"),
            [MailboxAddress.Parse(Bcc)]
        );
        await smtp.DisconnectAsync(true);
        await _waybill.DrainedAsync("mail");

        Assert.Matches(
            @"^Return-Path: <bounces@northwind\.test>\r\n"
                + @"Received: from relay\.northwind\.test \(\[127\.0\.0\.1\]\)\r\n"
                + @"\tby waybill\.test with ESMTPS \(TLSv1\.3 TLS_\w+\) id \w+;\r\n"
                + @"\t\w{3}, \d\d \w{3} \d{4} [\d:]{8} \+0000\r\n"
                + System.Text.RegularExpressions.Regex.Escape(Mail)
                + "$",
            await RawAsync()
        );
        // One process, several servers in these tests: their meters share their names, so only "some" can be asked for.
        using var http = new HttpClient();
        var metrics = await http.GetStringAsync(_waybill.Url + "/metrics", TestContext.Current.CancellationToken);
        Assert.Matches("""waybill_smtp_mails_total\{[^}]*outcome="stored"[^}]*\} [1-9]""", metrics);
        Assert.Matches("""waybill_smtp_tls_total\{[^}]*outcome="done"[^}]*\} [1-9]""", metrics);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_mail_server_in_front_delivers_by_LMTP_with_an_answer_for_each_recipient(bool bySocket)
    {
        using var socket = bySocket
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        if (bySocket)
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(In("lmtp")), TestContext.Current.CancellationToken);
        else
            await socket.ConnectAsync("127.0.0.1", _lmtpPort, TestContext.Current.CancellationToken);
        await using var stream = new NetworkStream(socket);
        var talk =
            $"LHLO relay.test\r\nMAIL FROM:<anna@northwind.test>\r\nRCPT TO:<{Bcc}>\r\nRCPT TO:<lead@contoso.test>\r\n"
            + $"RCPT TO:<x@nowhere.example>\r\nDATA\r\n{Mail}.\r\nQUIT\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(talk), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream);
        var heard = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
        await _waybill.DrainedAsync("mail");

        Assert.StartsWith("220 waybill.test LMTP", heard);
        Assert.Contains("\r\n550 5.1.1", heard);
        Assert.Equal(2, heard.Split("\r\n250 2.0.0 Stored as").Length - 1);
        Assert.Contains("by waybill.test with LMTP id", await RawAsync());
    }

    async Task<string> RawAsync()
    {
        await using var db = _waybill.Db();
        var logged = await db.LoggedEmails.SingleAsync(TestContext.Current.CancellationToken);
        await using var raw = _waybill.Services.GetRequiredService<Blobs>().Open(logged.RawBlob)!;
        using var reader = new StreamReader(raw, Encoding.Latin1);
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }
}
