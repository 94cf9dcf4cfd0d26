using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Waybill.Smtp.Tests;

/// <summary>Certificates for mx.waybill.test, in memory or as files.</summary>
public static class TestCertificate
{
    public static readonly SmtpCertificate Shared = SmtpCertificate.SelfSigned("mx.waybill.test", TimeProvider.System);

    public static X509Certificate2 Make(string name = "mx.waybill.test", int days = 30)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(days));
    }

    /// <summary>Writes fullchain.pem and privkey.pem, as certbot names them.</summary>
    public static SmtpCertificateFiles Write(string folder, X509Certificate2 certificate)
    {
        Directory.CreateDirectory(folder);
        var files = new SmtpCertificateFiles(
            Path.Combine(folder, "fullchain.pem"),
            Path.Combine(folder, "privkey.pem")
        );
        File.WriteAllText(files.Certificate, certificate.ExportCertificatePem());
        File.WriteAllText(files.Key!, certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        return files;
    }
}
