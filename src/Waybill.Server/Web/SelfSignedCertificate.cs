using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Waybill.Server.Kernel;

namespace Waybill.Server.Web;

/// <summary>A certificate for localhost, made at the first start, since office.js refuses plain http. The browser warns once.</summary>
static class SelfSignedCertificate
{
    public static X509Certificate2 Read(WaybillOptions options, TimeProvider clock)
    {
        var file = options.InData("keys", "localhost.pfx");
        var now = clock.GetUtcNow();
        if (File.Exists(file))
        {
            var kept = X509CertificateLoader.LoadPkcs12FromFile(file, null);
            if (kept.NotAfter.ToUniversalTime() > now.UtcDateTime.AddDays(7))
                return kept;
            kept.Dispose();
        }
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(
            new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1", "Server Authentication")], false)
        );
        using var made = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(397));
        var bytes = made.Export(X509ContentType.Pkcs12);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        using (
            var stream = new FileStream(
                file,
                new FileStreamOptions
                {
                    Mode = FileMode.Create,
                    Access = FileAccess.Write,
                    UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
                }
            )
        )
            stream.Write(bytes);
        return X509CertificateLoader.LoadPkcs12(bytes, null);
    }
}
