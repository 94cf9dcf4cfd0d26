using System.Security.Cryptography;

namespace Waybill.Server.Keys;

/// <summary>A key as it is used. Not a record: nothing prints it.</summary>
public sealed class OpenKey(string purpose, int number, DateTime createdAt, DateTime? retiredAt, byte[] secret)
{
    public string Purpose { get; } = purpose;
    public int Number { get; } = number;
    public DateTime CreatedAt { get; } = createdAt;
    public DateTime? RetiredAt { get; } = retiredAt;
    internal byte[] Secret { get; } = secret;

    public override string ToString() => $"{Purpose}-{Number}";

    internal bool IsSame(OpenKey other) => IsSecretOf(other) && RetiredAt == other.RetiredAt;

    internal bool IsSecretOf(OpenKey other) =>
        (Purpose, Number) == (other.Purpose, other.Number) && Secret.AsSpan().SequenceEqual(other.Secret);

    internal static OpenKey Make(string purpose, int number, DateTime now)
    {
        if (purpose != Purposes.OAuthSigning)
            return new(purpose, number, now, null, RandomNumberGenerator.GetBytes(32));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new(purpose, number, now, null, key.ExportPkcs8PrivateKey());
    }
}
