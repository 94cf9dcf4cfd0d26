using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Waybill.Server.Identity;

/// <summary>A user's authenticator app. On once <see cref="ConfirmedAt"/> is set; before that it is a proposal.</summary>
public sealed class SecondFactor : IEntityTypeConfiguration<SecondFactor>
{
    public long UserId { get; set; }

    /// <summary>Encrypted with the installation's keys.</summary>
    public required string Secret { get; set; }

    public DateTime? ConfirmedAt { get; set; }

    /// <summary>The time step (RFC 6238) of the last code taken; it and earlier ones are refused.</summary>
    public long LastStep { get; set; }

    public required byte[] Salt { get; set; }

    public void Configure(EntityTypeBuilder<SecondFactor> builder)
    {
        builder.ToTable("second_factors");
        builder.HasKey(f => f.UserId);
        builder.Property(f => f.UserId).ValueGeneratedNever();
        builder.HasOne<User>().WithOne().HasForeignKey<SecondFactor>(f => f.UserId).OnDelete(DeleteBehavior.Cascade);
    }
}

/// <summary>For when the phone is gone: works once.</summary>
public sealed class RecoveryCode : IEntityTypeConfiguration<RecoveryCode>
{
    public long UserId { get; set; }
    public required string Hash { get; set; }

    public void Configure(EntityTypeBuilder<RecoveryCode> builder)
    {
        builder.ToTable("recovery_codes");
        builder.HasKey(c => new { c.UserId, c.Hash });
        builder.HasOne<SecondFactor>().WithMany().HasForeignKey(c => c.UserId).OnDelete(DeleteBehavior.Cascade);
    }
}
