using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Waybill.Server.Identity;

/// <summary>A browser that is signed in. The cookie names it; deleting the row ends it. No address is kept, only what the browser calls itself.</summary>
public sealed class Session : IEntityTypeConfiguration<Session>
{
    public long Id { get; set; }
    public long UserId { get; set; }

    /// <summary>The user's security stamp when it was opened; a session with another is over.</summary>
    public required string Stamp { get; set; }

    public DateTime CreatedAt { get; set; }

    /// <summary>To within <see cref="Sessions.Coarse"/>.</summary>
    public DateTime SeenAt { get; set; }

    /// <summary>When the user last proved who they are; changes to how they sign in need it to be a short while ago.</summary>
    public DateTime ProvedAt { get; set; }

    /// <summary>Brand names, the same in every language; empty when not known.</summary>
    public required string Browser { get; set; }

    public required string System { get; set; }

    public void Configure(EntityTypeBuilder<Session> builder)
    {
        builder.ToTable("sessions");
        builder.HasIndex(s => s.UserId);
        builder.HasIndex(s => s.SeenAt);
        builder.Property(s => s.Browser).HasMaxLength(40);
        builder.Property(s => s.System).HasMaxLength(40);
        builder.HasOne<User>().WithMany().HasForeignKey(s => s.UserId).OnDelete(DeleteBehavior.Cascade);
    }
}
