using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Waybill.Server.Storage;

namespace Waybill.Server.Notices;

public enum NoticeState
{
    Queued,
    Sent,

    /// <summary>Refused for good, or not taken for three days.</summary>
    Failed,
}

/// <summary>One mail of ours to one person, on its way out.</summary>
public sealed class Notice : IEntityTypeConfiguration<Notice>
{
    public long Id { get; init; }

    /// <summary>Stays the same however often it is tried, so that the recipient's side can drop a second copy.</summary>
    public required string MessageId { get; init; }

    public required string To { get; init; }
    public required string ToName { get; init; }
    public required string Subject { get; init; }

    /// <summary>Emptied once it is sent: it may hold a link that lets someone in.</summary>
    public required string Text { get; set; }

    public required string Html { get; set; }
    public required DateTime QueuedAt { get; init; }
    public NoticeState State { get; set; }
    public int Tries { get; set; }
    public required DateTime NextTryAt { get; set; }
    public required DateTime GiveUpAt { get; set; }

    /// <summary>When it was sent or given up.</summary>
    public DateTime? EndedAt { get; set; }

    /// <summary>What was in the way at the last try.</summary>
    public string? Reason { get; set; }

    public void Configure(EntityTypeBuilder<Notice> builder)
    {
        builder.ToTable("notices");
        builder.Property(n => n.Id).ValueGeneratedOnAdd();
        builder.HasIndex(n => new { n.State, n.NextTryAt });
        builder.HasIndex(n => new { n.State, n.EndedAt });
    }
}

public static class NoticeTables
{
    extension(AppDb db)
    {
        public DbSet<Notice> Notices => db.Set<Notice>();
    }
}
