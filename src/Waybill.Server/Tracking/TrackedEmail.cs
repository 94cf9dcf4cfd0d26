using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Waybill.Server.Storage;

namespace Waybill.Server.Tracking;

public enum SendState
{
    /// <summary>The pane is open on it; nothing has left.</summary>
    Draft,
    Sent,
}

/// <summary>A mail a user composed with the add-in: what was decided about it, and the sum of what came back.</summary>
public sealed class TrackedEmail : IEntityTypeConfiguration<TrackedEmail>
{
    public long Id { get; init; }
    public required long UserId { get; init; }
    public required DateTime CreatedAt { get; init; }
    public string Subject { get; set; } = "";
    public SendState State { get; set; }
    public DateTime? SentAt { get; set; }

    public bool Track { get; set; }
    public bool Log { get; set; }
    public bool TrackOpens { get; set; }
    public bool TrackClicks { get; set; }

    /// <summary>One sentence for the sender; null when it is tracked as asked.</summary>
    public string? WhyNotTracked { get; set; }

    /// <summary>The logged copy's record, once it has arrived.</summary>
    public long? LoggedRecordId { get; set; }

    /// <summary>Orders the feed: sending, or the newest open or click.</summary>
    public DateTime LastEventAt { get; set; }

    /// <summary>Opens and clicks by a person or of unknowable origin; machine hits are counted apart, the sender's own looks nowhere.</summary>
    public int Opens { get; set; }

    public int Clicks { get; set; }
    public int MachineHits { get; set; }

    public List<TrackedRecipient> Recipients { get; } = [];
    public List<TrackedLink> Links { get; } = [];

    public void Configure(EntityTypeBuilder<TrackedEmail> builder)
    {
        builder.ToTable("tracked_emails");
        builder.HasIndex(e => new
        {
            e.UserId,
            e.State,
            e.LastEventAt,
            e.Id,
        });
        builder.HasIndex(e => new
        {
            e.UserId,
            e.SentAt,
            e.Id,
        });
        builder.HasIndex(e => e.LoggedRecordId);
        builder.HasMany(e => e.Recipients).WithOne().HasForeignKey(r => r.TrackedEmailId);
        builder.HasMany(e => e.Links).WithOne().HasForeignKey(l => l.TrackedEmailId);
    }
}

public sealed class TrackedRecipient : IEntityTypeConfiguration<TrackedRecipient>
{
    public long Id { get; init; }
    public long TrackedEmailId { get; init; }

    /// <summary>to, cc or bcc.</summary>
    public required string Kind { get; init; }

    public required string Address { get; init; }
    public string Name { get; init; } = "";

    /// <summary>The contact, where there was one or logging made one.</summary>
    public long? ContactId { get; set; }

    public void Configure(EntityTypeBuilder<TrackedRecipient> builder)
    {
        builder.ToTable("tracked_recipients");
        builder.HasIndex(r => r.ContactId);
    }
}

public sealed class TrackedLink : IEntityTypeConfiguration<TrackedLink>
{
    public long Id { get; init; }
    public long TrackedEmailId { get; init; }

    /// <summary>Its number in the mail, from 0; the click token carries it.</summary>
    public required int Number { get; init; }

    public required string Url { get; init; }

    /// <summary>The words the link stood under.</summary>
    public string Text { get; init; } = "";

    public void Configure(EntityTypeBuilder<TrackedLink> builder)
    {
        builder.ToTable("tracked_links");
        builder.HasIndex(l => new { l.TrackedEmailId, l.Number }).IsUnique();
    }
}

public static class TrackingTables
{
    extension(AppDb db)
    {
        public DbSet<TrackedEmail> TrackedEmails => db.Set<TrackedEmail>();
        public DbSet<Hit> Hits => db.Set<Hit>();
        public DbSet<SenderSeen> SendersSeen => db.Set<SenderSeen>();
    }
}
