using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Waybill.Server.Identity;
using Waybill.Server.Storage;

namespace Waybill.Server.Feed;

/// <summary>What a user has seen of what happened, and how they want to hear of it.</summary>
public sealed class FeedReader : IEntityTypeConfiguration<FeedReader>
{
    public required long UserId { get; init; }

    /// <summary>The newest hit the user has marked as read. By id, not by time: a hit that the spool held back arrives with an old time.</summary>
    public long ReadTo { get; set; }

    /// <summary>When that was; mail where nothing happened since need not be looked at.</summary>
    public DateTime ReadAt { get; set; } = DateTime.UnixEpoch;

    /// <summary>No desktop notifications, on whichever device; the bell still counts.</summary>
    public bool Muted { get; set; }

    public bool FirstStepsHidden { get; set; }

    public void Configure(EntityTypeBuilder<FeedReader> builder)
    {
        builder.ToTable("feed_readers");
        builder.HasKey(r => r.UserId);
        builder.Property(r => r.UserId).ValueGeneratedNever();
        builder.HasOne<User>().WithOne().HasForeignKey<FeedReader>(r => r.UserId).OnDelete(DeleteBehavior.Cascade);
    }
}

public static class FeedTables
{
    extension(AppDb db)
    {
        public DbSet<FeedReader> FeedReaders => db.Set<FeedReader>();

        public async Task<FeedReader> ReaderAsync(long userId, CancellationToken stop = default) =>
            await db.FeedReaders.AsNoTracking().SingleOrDefaultAsync(r => r.UserId == userId, stop)
            ?? new FeedReader { UserId = userId };

        public async Task ChangeReaderAsync(long userId, Action<FeedReader> change, CancellationToken stop = default)
        {
            var reader = await db.FeedReaders.SingleOrDefaultAsync(r => r.UserId == userId, stop);
            if (reader is null)
                db.FeedReaders.Add(reader = new FeedReader { UserId = userId });
            change(reader);
            await db.SaveChangesAsync(stop);
        }
    }
}
