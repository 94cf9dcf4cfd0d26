using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Waybill.Server.Storage;

namespace Waybill.Server.Timeline;

/// <summary>
/// One thing that happened, written once for every record it concerns, so that reading any timeline is one keyset scan over
/// (record, at, id), whatever its length. Append-only: what it tells of (a mail, a note) is the row <see cref="SubjectId"/> names.
/// </summary>
public sealed class TimelineEntry : IEntityTypeConfiguration<TimelineEntry>
{
    public long Id { get; init; }

    /// <summary>The record on whose timeline this stands.</summary>
    public required long RecordId { get; init; }

    public required DateTime At { get; init; }

    /// <summary>One of <see cref="TimelineKinds"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>The record that it tells of: the email, the note. Null when the entry says it all.</summary>
    public long? SubjectId { get; init; }

    /// <summary>The user who did it, if one did.</summary>
    public long? ActorId { get; init; }

    /// <summary>What to say where there is no subject, in the words of the one who wrote it.</summary>
    public string? Text { get; init; }

    public void Configure(EntityTypeBuilder<TimelineEntry> builder)
    {
        builder.HasIndex(e => new
        {
            e.RecordId,
            e.At,
            e.Id,
        });
        builder
            .HasIndex(e => new
            {
                e.SubjectId,
                e.RecordId,
                e.Kind,
            })
            .IsUnique();
        builder.Property(e => e.Kind).HasMaxLength(32);
    }
}

public static class TimelineKinds
{
    public const string Email = "email";
    public const string Note = "note";
    public const string Task = "task";
    public const string Created = "created";
}

public static class TimelineTables
{
    extension(AppDb db)
    {
        public DbSet<TimelineEntry> Timeline => db.Set<TimelineEntry>();
    }
}
