using System.Security.Cryptography;
using System.Text;

namespace Waybill.Server.Keys;

/// <summary>
/// AES-256-GCM under a key derived from the master key (HKDF-SHA256). Bytes: version 1, nonce, tag, what was encrypted. Purpose and number
/// are authenticated, so that no row can be passed off as another.
/// </summary>
public static class Wrap
{
    public const int MasterBytes = 32;
    const byte Version = 1;
    const int NonceBytes = 12;
    const int TagBytes = 16;
    const int HeadBytes = 1 + NonceBytes + TagBytes;

    public static byte[] Close(ReadOnlySpan<byte> master, string purpose, int number, ReadOnlySpan<byte> secret)
    {
        var wrapped = new byte[HeadBytes + secret.Length];
        wrapped[0] = Version;
        var nonce = wrapped.AsSpan(1, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var aes = Aes(master);
        aes.Encrypt(
            nonce,
            secret,
            wrapped.AsSpan(HeadBytes),
            wrapped.AsSpan(1 + NonceBytes, TagBytes),
            Name(purpose, number)
        );
        return wrapped;
    }

    /// <summary>Null: another master key, purpose or number, or changed bytes.</summary>
    public static byte[]? TryOpen(ReadOnlySpan<byte> master, string purpose, int number, ReadOnlySpan<byte> wrapped)
    {
        if (wrapped.Length < HeadBytes || wrapped[0] != Version)
            return null;
        var secret = new byte[wrapped.Length - HeadBytes];
        using var aes = Aes(master);
        try
        {
            aes.Decrypt(
                wrapped.Slice(1, NonceBytes),
                wrapped[HeadBytes..],
                wrapped.Slice(1 + NonceBytes, TagBytes),
                secret,
                Name(purpose, number)
            );
            return secret;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    static AesGcm Aes(ReadOnlySpan<byte> master)
    {
        Span<byte> key = stackalloc byte[32];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, master, key, [], "Waybill keys, wrapped, version 1"u8);
        var aes = new AesGcm(key, TagBytes);
        CryptographicOperations.ZeroMemory(key);
        return aes;
    }

    static byte[] Name(string purpose, int number) => Encoding.UTF8.GetBytes($"{purpose}\n{number}");
}
