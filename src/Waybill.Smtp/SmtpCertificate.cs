using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;

namespace Waybill.Smtp;

/// <summary>The files can't serve as a certificate; the message is one line for the operator.</summary>
public sealed class SmtpCertificateException(string message, Exception? inner = null) : Exception(message, inner);

/// <param name="Certificate">PEM with the certificate first and its chain after it, or PFX (PKCS #12) with everything.</param>
/// <param name="Key">PEM; null: the key is in <paramref name="Certificate"/>.</param>
/// <param name="Password">Of the PFX or of an encrypted PEM key.</param>
public sealed record SmtpCertificateFiles(string Certificate, string? Key = null, string? Password = null);

/// <summary>
/// What STARTTLS shows. Files are looked at when a client asks for TLS, at most every ten seconds, and compared by content, so a renewal
/// is seen however it is made: written over, moved over, or a symbolic link turned to a new folder. Sessions keep what they
/// began with. New files that are no use are reported once and the certificate in use stays.
/// </summary>
public sealed class SmtpCertificate
{
    static readonly TimeSpan LookAgainAfter = TimeSpan.FromSeconds(10);
    static readonly TimeSpan WarnBefore = TimeSpan.FromDays(7);
    const int LargestFile = 1 << 20;

    readonly Lock gate = new();
    readonly SmtpCertificateFiles? files;
    Shown shown;
    byte[]? refused;
    long? lookedAt;

    SmtpCertificate(Shown shown, SmtpCertificateFiles? files) => (this.shown, this.files) = (shown, files);

    /// <exception cref="SmtpCertificateException">Missing, unreadable, or not a pair.</exception>
    public static SmtpCertificate FromFiles(SmtpCertificateFiles files)
    {
        ArgumentNullException.ThrowIfNull(files);
        return new(Load(files, Read(files)), files);
    }

    /// <summary>Made in memory: nobody can check it, yet it hides mail from who only listens (RFC 7435).</summary>
    public static SmtpCertificate SelfSigned(string hostName, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={hostName}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(hostName);
        request.CertificateExtensions.Add(names.Build());
        var now = time.GetUtcNow();
        using var made = request.CreateSelfSigned(now.AddDays(-1), now.AddYears(10));
        var own = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
        return new(new(SslStreamCertificateContext.Create(own, null, offline: true), []), null);
    }

    public DateTime ExpiresAt => shown.Context.TargetCertificate.NotAfter.ToUniversalTime();

    internal SslStreamCertificateContext Current(TimeProvider time, ILogger log)
    {
        lock (gate)
        {
            if (files is null || (lookedAt is { } last && time.GetElapsedTime(last) < LookAgainAfter))
                return shown.Context;
            var first = lookedAt is null;
            lookedAt = time.GetTimestamp();
            if (LookAgain(files, log) || first)
                WarnWhenOld(time, log);
            return shown.Context;
        }
    }

    bool LookAgain(SmtpCertificateFiles from, ILogger log)
    {
        byte[] hash = [];
        try
        {
            var read = Read(from);
            hash = read.Hash;
            if (
                hash.AsSpan().SequenceEqual(shown.Hash) || (refused is not null && hash.AsSpan().SequenceEqual(refused))
            )
                return false;
            shown = Load(from, read);
            refused = null;
            log.CertificateReplaced(from.Certificate, ExpiresAt);
            return true;
        }
        catch (SmtpCertificateException e)
        {
            if (refused is null || !hash.AsSpan().SequenceEqual(refused))
                log.CertificateKept(e.Message);
            refused = hash;
            return false;
        }
    }

    void WarnWhenOld(TimeProvider time, ILogger log)
    {
        if (time.GetUtcNow() + WarnBefore > ExpiresAt)
            log.CertificateExpires(files!.Certificate, ExpiresAt);
    }

    static (byte[] Certificate, byte[]? Key, byte[] Hash) Read(SmtpCertificateFiles files)
    {
        var certificate = ReadFile(files.Certificate);
        var key = files.Key is null ? null : ReadFile(files.Key);
        byte[] hash = [.. SHA256.HashData(certificate), .. SHA256.HashData(key ?? [])];
        return (certificate, key, hash);
    }

    static byte[] ReadFile(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            if (file.Length > LargestFile)
                throw new SmtpCertificateException($"{path} is too large for a certificate or key.");
            var bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SmtpCertificateException($"{path} can't be read: {e.Message}", e);
        }
    }

    static Shown Load(SmtpCertificateFiles files, (byte[] Certificate, byte[]? Key, byte[] Hash) read)
    {
        try
        {
            var all = new X509Certificate2Collection();
            var own =
                read.Certificate.AsSpan().IndexOf("-----BEGIN "u8) >= 0 ? Pem(files, read, all) : Pfx(files, read, all);
            return new(SslStreamCertificateContext.Create(own, all, offline: true), read.Hash);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or NotSupportedException)
        {
            throw new SmtpCertificateException(
                $"{files.Certificate}{(files.Key is null ? "" : $" with {files.Key}")} is no certificate with its key: {e.Message}",
                e
            );
        }
    }

    static X509Certificate2 Pem(
        SmtpCertificateFiles files,
        (byte[] Certificate, byte[]? Key, byte[] Hash) read,
        X509Certificate2Collection chain
    )
    {
        var text = System.Text.Encoding.UTF8.GetString(read.Certificate);
        var key = read.Key is null ? text : System.Text.Encoding.UTF8.GetString(read.Key);
        chain.ImportFromPem(text);
        var own = files.Password is null
            ? X509Certificate2.CreateFromPem(text, key)
            : X509Certificate2.CreateFromEncryptedPem(text, key, files.Password);
        if (!OperatingSystem.IsWindows())
            return own;
        // Windows' TLS does not take a key that lives in memory only.
        using (own)
            return X509CertificateLoader.LoadPkcs12(own.Export(X509ContentType.Pkcs12), null);
    }

    static X509Certificate2 Pfx(
        SmtpCertificateFiles files,
        (byte[] Certificate, byte[]? Key, byte[] Hash) read,
        X509Certificate2Collection chain
    )
    {
        chain.AddRange(X509CertificateLoader.LoadPkcs12Collection(read.Certificate, files.Password));
        return chain.FirstOrDefault(c => c.HasPrivateKey)
            ?? throw new SmtpCertificateException($"{files.Certificate} has no private key in it.");
    }

    sealed record Shown(SslStreamCertificateContext Context, byte[] Hash);
}
