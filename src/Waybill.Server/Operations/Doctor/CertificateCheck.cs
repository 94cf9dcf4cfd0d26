using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Waybill.Server.Kernel;

namespace Waybill.Server.Operations.Doctor;

/// <summary>What browsers will say of the certificates at the public addresses.</summary>
static class CertificateCheck
{
    const string Subject = "certificate";

    public static async Task<Finding[]> LookAsync(WaybillOptions options, CancellationToken stop)
    {
        var secure = new[] { options.Url, options.TrackingUrl }
            .Select(url => new Uri(url))
            .DistinctBy(url => url.Authority)
            .ToLookup(url => url.Scheme == Uri.UriSchemeHttps);
        var findings = await Task.WhenAll(secure[true].Select(url => LookAsync(url, stop)));
        return
        [
            .. findings,
            .. secure[false]
                .Where(url => !IsHere(url))
                .Select(url =>
                    Finding.Problem(
                        Subject,
                        $"{url} is plain http: passwords cross the network readable. Put a proxy with TLS before it, see docs/install.md."
                    )
                ),
        ];
    }

    static bool IsHere(Uri url) =>
        url.IsLoopback || url.Host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase);

#pragma warning disable CA5359 // Nothing is sent over this connection; what is wrong with the certificate is the finding.
    static async Task<Finding> LookAsync(Uri url, CancellationToken stop)
    {
        X509Certificate2? shown = null;
        var errors = SslPolicyErrors.None;
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(Ask.WhereIs(url.Host), url.Port, stop);
            await using var tls = new SslStream(client.GetStream());
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = url.Host,
                    RemoteCertificateValidationCallback = (_, certificate, _, found) =>
                    {
                        shown = certificate is null
                            ? null
                            : X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
                        errors = found;
                        return true; // looked at below
                    },
                },
                stop
            );
        }
        catch (Exception error)
            when (error is SocketException or IOException or System.Security.Authentication.AuthenticationException)
        {
            return Finding.Problem(Subject, $"{url.Authority} can't be reached by TLS: {error.Message}");
        }
        using (shown)
            return shown is null
                ? Finding.Problem(Subject, $"{url.Authority} shows no certificate. Give the proxy one.")
                : Judge(url, shown.NotAfter.ToUniversalTime(), errors, TimeProvider.System.GetUtcNow().UtcDateTime);
    }

#pragma warning restore CA5359

    internal static Finding Judge(Uri url, DateTime until, SslPolicyErrors errors, DateTime now)
    {
        var name = url.Host;
        var days = (int)(until - now).TotalDays;
        return until <= now ? Finding.Problem(Subject, $"{name}: expired on {until:yyyy-MM-dd}. Renew it.")
            : errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)
                ? Finding.Problem(Subject, $"{name}: the certificate is for another name. Get one for {name}.")
            : errors != SslPolicyErrors.None
                ? Finding.Problem(
                    Subject,
                    $"{name}: this machine does not trust who issued it, and browsers will not either. Get one from a public authority, or install yours on every machine."
                )
            : days < 14
                ? Finding.Warning(
                    Subject,
                    $"{name}: expires in {days} days, on {until:yyyy-MM-dd}. Is its renewal running?"
                )
            : Finding.Ok(Subject, $"{name}: good until {until:yyyy-MM-dd}");
    }
}
