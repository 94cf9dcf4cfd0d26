using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Waybill.Server.Kernel;
using Waybill.Server.Operations;
using Waybill.Server.Operations.Doctor;

namespace Waybill.Server.Tests.Operations;

/// <summary>Each thing the doctor looks at, well and not well.</summary>
public sealed class DoctorTests : IDisposable
{
    static readonly DateTime Now = DateTime.UnixEpoch.AddYears(56);

    readonly string _data = Directory.CreateTempSubdirectory("waybill-doctor-").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task Beside_a_running_Waybill_all_is_well_and_beside_a_stopped_one_it_says_what_does_not_answer()
    {
        await using var waybill = new WaybillHost();
        await waybill.StartAsync();

        var (_, said) = await ExamineAsync(waybill);
        // How fast the disk of a test machine is, and how long it takes to answer, is not the question here.
        Assert.DoesNotContain(
            said.Split('\n'),
            line =>
                line.StartsWith("problem ", StringComparison.Ordinal)
                && !line.Contains("disk", StringComparison.Ordinal)
                && !line.Contains("Gave no answer", StringComparison.Ordinal)
        );
        Assert.Contains($"{waybill.HttpPort} is held by this Waybill", said, StringComparison.Ordinal);
        Assert.Contains($"{waybill.HttpsPort} is held by this Waybill", said, StringComparison.Ordinal);
        Assert.Contains($"{waybill.Url} leads to this Waybill", said, StringComparison.Ordinal);
        Assert.Contains("answers and is up to date", said, StringComparison.Ordinal);
        Assert.Contains("None is set, so invitations", said, StringComparison.Ordinal);

        // The demo's mail goes to its own receiver unless another relay is set.
        (_, said) = await ExamineAsync(waybill, "--WAYBILL_DEMO=1");
        Assert.Contains($"127.0.0.1:{waybill.SmtpPort} takes our mail", said, StringComparison.Ordinal);

        await waybill.StopAsync();
        (var code, said) = await ExamineAsync(waybill);
        Assert.Equal(1, code);
        Assert.Contains($"Nothing answers on {waybill.HttpPort}", said, StringComparison.Ordinal);
        Assert.Contains(
            $"problem  public address    {waybill.Url} does not lead to this Waybill",
            said,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Another_program_at_our_ports_is_told_from_us()
    {
        await using var other = new WaybillHost();
        await other.StartAsync();
        Installation.Key(Options());

        var findings = await PortsCheck.LookAsync(
            Options() with
            {
                HttpPort = other.HttpPort,
                HttpsPort = other.SmtpPort,
                SmtpPort = other.SmtpPort,
            },
            default
        );

        Assert.Equal([FindingKind.Problem, FindingKind.Problem, FindingKind.Ok], findings.Select(f => f.Kind));
        Assert.Contains("another Waybill", findings[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_setting_that_cannot_work_is_said_first()
    {
        var said = new StringWriter();

        Assert.Equal(1, await Examine.RunAsync(["--WAYBILL_HTTP_PORT=eighty"], said));
        Assert.StartsWith(
            "problem  settings          WAYBILL_HTTP_PORT is 'eighty'.",
            said.ToString(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task What_gives_no_answer_is_given_up_and_what_fails_is_said()
    {
        var never = new TaskCompletionSource<Finding[]>();
        var silent = await Examine.LookAsync("relay", _ => never.Task, TimeSpan.FromMilliseconds(50), default);
        var broken = await Examine.LookAsync(
            "disk",
            _ => throw new IOException("I/O error"),
            TimeSpan.FromMinutes(1),
            default
        );

        Assert.Contains("no answer within", Assert.Single(silent).Text, StringComparison.Ordinal);
        Assert.Contains("I/O error", Assert.Single(broken).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_that_others_can_read_are_a_problem()
    {
        File.SetUnixFileMode(_data, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Directory.CreateDirectory(
            Path.Combine(_data, "keys"),
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        );
        Installation.Key(Options());
        Assert.Equal(FindingKind.Ok, Assert.Single(DataFolderCheck.Look(Options())).Kind);

        File.SetUnixFileMode(
            Path.Combine(_data, "keys/installation.key"),
            UnixFileMode.UserRead | UnixFileMode.OtherRead
        );
        Assert.Equal(FindingKind.Problem, Assert.Single(DataFolderCheck.Look(Options())).Kind);

        File.SetUnixFileMode(Path.Combine(_data, "keys/installation.key"), UnixFileMode.UserRead);
        foreach (var mode in new[] { UnixFileMode.GroupRead, UnixFileMode.GroupExecute, UnixFileMode.OtherRead })
        {
            File.SetUnixFileMode(
                Path.Combine(_data, "keys"),
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | mode
            );
            var finding = Assert.Single(DataFolderCheck.Look(Options()));
            Assert.Equal(FindingKind.Problem, finding.Kind);
            Assert.Contains($"chmod -R go= {_data}/keys", finding.Text, StringComparison.Ordinal);
        }

        Assert.Equal(
            FindingKind.Warning,
            Assert.Single(DataFolderCheck.Look(Options() with { DataFolder = _data + "-not-there" })).Kind
        );
    }

    [Theory]
    [InlineData(100, FindingKind.Problem)]
    [InlineData(1000, FindingKind.Warning)]
    [InlineData(100_000, FindingKind.Ok)]
    public void Room_on_the_disk(long megabytes, FindingKind kind) =>
        Assert.Equal(kind, DiskCheck.Room(megabytes << 20, "/data").Kind);

    [Theory]
    [InlineData(2, FindingKind.Ok)]
    [InlineData(80, FindingKind.Warning)]
    [InlineData(400, FindingKind.Problem)]
    public void Speed_of_the_disk(int milliseconds, FindingKind kind) =>
        Assert.Equal(kind, DiskCheck.Speed(TimeSpan.FromMilliseconds(milliseconds)).Kind);

    [Theory]
    [InlineData("yes", FindingKind.Ok)]
    [InlineData("no", FindingKind.Warning)]
    [InlineData(null, FindingKind.Warning)]
    public void The_clock(string? synchronized, FindingKind kind) =>
        Assert.Equal(kind, ClockCheck.Judge(synchronized).Kind);

    [Theory]
    [InlineData(90, SslPolicyErrors.None, FindingKind.Ok, "good until")]
    [InlineData(5, SslPolicyErrors.None, FindingKind.Warning, "5 days")]
    [InlineData(-1, SslPolicyErrors.RemoteCertificateChainErrors, FindingKind.Problem, "expired")]
    [InlineData(90, SslPolicyErrors.RemoteCertificateNameMismatch, FindingKind.Problem, "another name")]
    [InlineData(90, SslPolicyErrors.RemoteCertificateChainErrors, FindingKind.Problem, "does not trust")]
    public void A_certificate(int days, SslPolicyErrors errors, FindingKind kind, string says)
    {
        var finding = CertificateCheck.Judge(new Uri("https://waybill.example.com"), Now.AddDays(days), errors, Now);

        Assert.Equal(kind, finding.Kind);
        Assert.Contains(says, finding.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https", "waybill.example.com", "198.51.100.7", true, true, null)]
    [InlineData("http", "waybill.example.com", "198.51.100.7", true, true, "X-Forwarded-Proto")]
    [InlineData("https", "127.0.0.1:5080", "198.51.100.7", true, true, "Host")]
    [InlineData("https", "waybill.example.com", Ask.ClaimedAddress, true, true, "claim any address")]
    [InlineData("https", "waybill.example.com", "127.0.0.1", false, true, "who is asking")]
    [InlineData("https", "waybill.example.com", "198.51.100.7", true, false, "Websockets")]
    public void A_proxy_that_keeps_something_back_is_told_what_to_pass_on(
        string scheme,
        string host,
        string from,
        bool forwarded,
        bool upgrade,
        string? says
    )
    {
        var finding = Assert.Single(
            PublicAddressCheck.Judge(
                new Uri("https://waybill.example.com"),
                new Installation.Answer("", scheme, host, from, forwarded, upgrade)
            )
        );

        Assert.Equal(says is null ? FindingKind.Ok : FindingKind.Problem, finding.Kind);
        Assert.Contains(says ?? "", finding.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_relay_is_greeted_and_one_that_is_away_is_a_problem()
    {
        await using var waybill = new WaybillHost();
        await waybill.StartAsync();

        Assert.Equal(FindingKind.Ok, await RelayAsync(Relay(waybill.SmtpPort, RelaySecurity.None)));
        // The receiver offers no TLS on loopback.
        Assert.Equal(FindingKind.Problem, await RelayAsync(Relay(waybill.SmtpPort, RelaySecurity.StartTls)));
        Assert.Equal(FindingKind.Problem, await RelayAsync(Relay(WaybillHost.FreePort(), RelaySecurity.None)));
        Assert.Equal(FindingKind.Warning, await RelayAsync(null));
    }

    [Theory]
    [InlineData("good.waybill.dev", FindingKind.Ok)]
    [InlineData("nothing.waybill.dev", FindingKind.Problem)]
    public async Task Names_are_looked_up(string host, FindingKind kind)
    {
        using var dns = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        using var stop = new CancellationTokenSource();
        var serving = ServeAsync(dns, stop.Token);

        var findings = await NamesCheck.LookAsync(
            Options() with
            {
                Url = $"https://{host}",
                TrackingUrl = $"https://{host}",
                MailHost = host,
            },
            (IPEndPoint)dns.Client.LocalEndPoint!,
            default
        );

        await stop.CancelAsync();
        await serving;
        Assert.Equal(kind, findings[0].Kind);
        // An address without MX entry takes mail too, with a warning.
        Assert.All(findings[1..], f => Assert.Equal(kind == FindingKind.Ok ? FindingKind.Warning : kind, f.Kind));
    }

    /// <summary>Any name with "good" in it has the address 192.0.2.1 and nothing else.</summary>
    static async Task ServeAsync(UdpClient dns, CancellationToken stop)
    {
        try
        {
            while (true)
            {
                var question = await dns.ReceiveAsync(stop);
                var asked = question.Buffer;
                var end = 12;
                while (asked[end] != 0)
                    end += asked[end] + 1;
                end += 5;
                var good = System
                    .Text.Encoding.ASCII.GetString(asked, 12, end - 12)
                    .Contains("good", StringComparison.Ordinal);
                var isA = asked[end - 3] == 1;
                byte[] answer = good && isA ? [0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1] : [];
                byte[] head =
                [
                    asked[0],
                    asked[1],
                    0x81,
                    (byte)(good ? 0x80 : 0x83),
                    0,
                    1,
                    0,
                    (byte)(answer.Length > 0 ? 1 : 0),
                    0,
                    0,
                    0,
                    0,
                ];
                await dns.SendAsync((byte[])[.. head, .. asked[12..end], .. answer], question.RemoteEndPoint, stop);
            }
        }
        catch (OperationCanceledException) { }
    }

    async Task<FindingKind> RelayAsync(RelayOptions? relay) =>
        Assert.Single(await RelayCheck.LookAsync(Options() with { Relay = relay }, default)).Kind;

    static RelayOptions Relay(int port, RelaySecurity security) =>
        new()
        {
            Host = "127.0.0.1",
            Port = port,
            Security = security,
            From = EmailAddress.Parse("notices@waybill.test"),
        };

    static async Task<(int Code, string Said)> ExamineAsync(WaybillHost waybill, params string[] more)
    {
        var said = new StringWriter();
        var code = await Examine.RunAsync(
            [
                $"--WAYBILL_DATA={waybill.Data}",
                $"--WAYBILL_HTTP_PORT={waybill.HttpPort}",
                $"--WAYBILL_HTTPS_PORT={waybill.HttpsPort}",
                $"--WAYBILL_SMTP_PORT={waybill.SmtpPort}",
                $"--WAYBILL_DATABASE={waybill.Database}",
                .. more,
            ],
            said
        );
        return (code, said.ToString());
    }

    WaybillOptions Options() =>
        new()
        {
            DataFolder = _data,
            Url = "http://localhost:5080",
            TrackingUrl = "http://localhost:5080",
            MailHost = "localhost",
        };
}
