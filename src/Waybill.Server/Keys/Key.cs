using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Waybill.Server.Storage;

namespace Waybill.Server.Keys;

/// <summary>A secret of this installation, wrapped by the <see cref="MasterKey"/>. Purpose and number name it, and are sealed in.</summary>
public sealed class Key : IEntityTypeConfiguration<Key>
{
    /// <summary>One of <see cref="Purposes"/>.</summary>
    public required string Purpose { get; init; }

    /// <summary>From 1, within the purpose. Two nodes that make the same one: the second reads what the first made.</summary>
    public required int Number { get; init; }

    public required DateTime CreatedAt { get; init; }

    /// <summary>Since when a newer one is in its place; deleted when nothing made with it is good any more. Null: kept.</summary>
    public DateTime? RetiredAt { get; set; }

    /// <summary>See <see cref="Wrap"/>.</summary>
    public required byte[] Wrapped { get; set; }

    public void Configure(EntityTypeBuilder<Key> builder)
    {
        builder.ToTable("keys");
        builder.HasKey(k => new { k.Purpose, k.Number });
        builder.Property(k => k.Number).ValueGeneratedNever();
    }
}

public static class Purposes
{
    /// <summary>Signs the tokens in pixels and links; kept as long as mails carry them. At most 255.</summary>
    public const string Links = "links";

    /// <summary>Makes the pseudonyms of remote addresses; signs nothing and is never changed.</summary>
    public const string Addresses = "addresses";

    /// <summary>ES256, PKCS #8.</summary>
    public const string OAuthSigning = "oauth-signing";

    public const string OAuthEncryption = "oauth-encryption";

    /// <summary>ASP.NET Core's data protection: cookies, forms, authenticator secrets. Its library makes and rotates them.</summary>
    public const string Cookies = "cookies";
}

public static class KeyTables
{
    extension(AppDb db)
    {
        public DbSet<Key> Keys => db.Set<Key>();
    }
}
