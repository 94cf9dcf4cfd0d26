using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Waybill.Server.Storage;

namespace Waybill.Server.Identity;

public enum Role
{
    User,
    SuperAdmin,
}

public enum Seat
{
    Free,
    Sales,
}

/// <summary>A person who signs in. The address they sign in with is one they may log from; others are <see cref="Aliases"/>.</summary>
public sealed class User : IdentityUser<long>, IEntityTypeConfiguration<User>
{
    public required string Name { get; set; }
    public Role Role { get; set; }
    public Seat Seat { get; set; } = Seat.Sales;

    /// <summary>May read but neither log nor edit.</summary>
    public bool ViewOnly { get; set; }

    /// <summary>Further From addresses this user sends as, in <c>EmailAddress</c> form.</summary>
    public List<string> Aliases { get; set; } = [];

    /// <summary>IANA name.</summary>
    public string TimeZone { get; set; } = "Europe/Warsaw";

    public string Language { get; set; } = "en";
    public bool Active { get; set; } = true;

    /// <summary>When they were last invited; null once they have come. Until then they can't sign in.</summary>
    public DateTime? InvitedAt { get; set; }

    public DateTime? LastSeenAt { get; set; }

    /// <summary>This user's own default for new mail; null follows the product default.</summary>
    public bool? TracksByDefault { get; set; }

    public bool? LogsByDefault { get; set; }

    public void Configure(EntityTypeBuilder<User> builder)
    {
        builder.ToTable("users");
        builder.HasIndex(u => u.NormalizedUserName).IsUnique();
        builder.HasIndex(u => u.NormalizedEmail).IsUnique();
        builder.Property(u => u.ConcurrencyStamp).IsConcurrencyToken();
    }
}

sealed class UserClaims : IEntityTypeConfiguration<IdentityUserClaim<long>>
{
    public void Configure(EntityTypeBuilder<IdentityUserClaim<long>> builder) => builder.ToTable("user_claims");
}

sealed class UserLogins : IEntityTypeConfiguration<IdentityUserLogin<long>>
{
    public void Configure(EntityTypeBuilder<IdentityUserLogin<long>> builder)
    {
        builder.ToTable("user_logins");
        builder.HasKey(l => new { l.LoginProvider, l.ProviderKey });
    }
}

sealed class UserTokens : IEntityTypeConfiguration<IdentityUserToken<long>>
{
    public void Configure(EntityTypeBuilder<IdentityUserToken<long>> builder)
    {
        builder.ToTable("user_tokens");
        builder.HasKey(t => new
        {
            t.UserId,
            t.LoginProvider,
            t.Name,
        });
    }
}

public static class IdentityTables
{
    extension(AppDb db)
    {
        public DbSet<User> Users => db.Set<User>();
    }
}
