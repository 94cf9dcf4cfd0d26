using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;

namespace Waybill.EndToEnd;

/// <summary>Debian's nginx with deploy/nginx.conf, on loopback and ports of its own, with certificates of an authority made for the test.</summary>
public sealed partial class Nginx : IAsyncDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("waybill-nginx-").FullName;
    Process? _process;

    public int Port { get; } = FreePort();
    public string Url => $"https://waybill.localhost:{Port}";
    public string TrackingUrl => $"https://t.localhost:{Port}";
    public string AuthorityFile => Path.Combine(_folder, "ca.pem");

    public async Task StartAsync(int waybillPort)
    {
        MakeCertificates();
        var site = await File.ReadAllTextAsync(Path.Combine(RunningWaybill.Repository(), "deploy/nginx.conf"));
        site = IPv6Listen().Replace(site, "");
        site = site.Replace("listen 80;", $"listen 127.0.0.1:{FreePort()};", StringComparison.Ordinal)
            .Replace("listen 443 ", $"listen 127.0.0.1:{Port} ", StringComparison.Ordinal)
            .Replace("127.0.0.1:5080", $"127.0.0.1:{waybillPort}", StringComparison.Ordinal)
            .Replace("waybill.example.com", "waybill.localhost", StringComparison.Ordinal)
            .Replace("t.example.com", "t.localhost", StringComparison.Ordinal)
            .Replace("/var/log/nginx/", $"{_folder}/", StringComparison.Ordinal);
        site = CertificateFile().Replace(site, $"{_folder}/$1");
        await File.WriteAllTextAsync(Path.Combine(_folder, "site.conf"), site);
        await File.WriteAllTextAsync(
            Path.Combine(_folder, "nginx.conf"),
            $$"""
            daemon off; worker_processes 1; pid {{_folder}}/nginx.pid; error_log {{_folder}}/error.log;
            events { worker_connections 256; }
            http {
                client_body_temp_path {{_folder}}/body; proxy_temp_path {{_folder}}/proxy; fastcgi_temp_path {{_folder}}/f;
                uwsgi_temp_path {{_folder}}/u; scgi_temp_path {{_folder}}/s;
                include {{_folder}}/site.conf;
            }
            """
        );
        _process = Process.Start(
            new ProcessStartInfo("/usr/sbin/nginx", ["-p", _folder, "-c", Path.Combine(_folder, "nginx.conf")])
            {
                RedirectStandardError = true,
            }
        )!;
        await Until.TrueAsync(async () =>
        {
            if (_process.HasExited)
                Assert.Fail(await _process.StandardError.ReadToEndAsync());
            try
            {
                using var probe = new TcpClient();
                await probe.ConnectAsync(IPAddress.Loopback, Port);
                return true;
            }
            catch (SocketException)
            {
                return false;
            }
        });
    }

    public string Log => File.Exists($"{_folder}/waybill.log") ? File.ReadAllText($"{_folder}/waybill.log") : "";

    /// <summary>Trusts the test's authority and no other.</summary>
    public HttpClient NewClient(IPAddress? from = null)
    {
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() };
        var roots = new X509Certificate2Collection(X509CertificateLoader.LoadCertificateFromFile(AuthorityFile));
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        handler.SslOptions.CertificateChainPolicy.CustomTrustStore.AddRange(roots);
        handler.ConnectCallback = async (context, stop) =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(from ?? IPAddress.Loopback, 0));
            await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, stop);
            return new NetworkStream(socket, ownsSocket: true);
        };
        return new HttpClient(handler);
    }

    void MakeCertificates()
    {
        var (from, until) = (DateTimeOffset.UnixEpoch.AddYears(50), DateTimeOffset.UnixEpoch.AddYears(80));
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authority = new CertificateRequest("CN=Waybill test authority", authorityKey, HashAlgorithmName.SHA256);
        authority.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var root = authority.CreateSelfSigned(from, until);
        File.WriteAllText(AuthorityFile, root.ExportCertificatePem());
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=waybill.localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("waybill.localhost");
        names.AddDnsName("t.localhost");
        request.CertificateExtensions.Add(names.Build());
        using var made = request.Create(root, from, until, RandomNumberGenerator.GetBytes(8));
        File.WriteAllText($"{_folder}/fullchain.pem", made.ExportCertificatePem());
        File.WriteAllText($"{_folder}/privkey.pem", key.ExportPkcs8PrivateKeyPem());
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            Process.Start("kill", ["-QUIT", $"{_process.Id}"]).Dispose();
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
            try
            {
                await _process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
            }
        }
        _process?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    [GeneratedRegex(@"^ *listen \[::\].*\n", RegexOptions.Multiline)]
    private static partial Regex IPv6Listen();

    [GeneratedRegex(@"/etc/letsencrypt/live/[^/]+/(fullchain\.pem|privkey\.pem)")]
    private static partial Regex CertificateFile();
}
