using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Waybill.Server.Crm;
using Waybill.Server.Storage;
using Waybill.Server.Tracking;

namespace Waybill.Server.Search;

/// <summary>
/// What a record, or a mail sent with the add-in, is found by, in <see cref="Folded"/> form. It only proposes: whether the thing is still
/// there and what it is called now is read from the thing itself.
/// </summary>
public sealed class SearchEntry : IEntityTypeConfiguration<SearchEntry>
{
    public const int LongestKey = 120;

    public long Id { get; init; }

    /// <summary>One of <see cref="SearchAreas"/>.</summary>
    public required string Area { get; init; }

    public long? RecordId { get; init; }
    public Record? Record { get; init; }
    public long? TrackedEmailId { get; init; }
    public TrackedEmail? TrackedEmail { get; init; }

    /// <summary>The name or the subject; found by its beginning.</summary>
    public required string Key { get; set; }

    /// <summary>Name, addresses, domain, subject, people: each word once, a space between them.</summary>
    public required string Words { get; set; }

    public void Configure(EntityTypeBuilder<SearchEntry> builder)
    {
        builder.ToTable("search_entries");
        builder.Property(e => e.Area).HasMaxLength(32);
        builder.Property(e => e.Key).HasMaxLength(LongestKey);
        builder.HasIndex(e => new { e.Area, e.Key });
        builder.HasIndex(e => e.RecordId);
        builder.HasIndex(e => e.TrackedEmailId);
        builder.HasOne(e => e.Record).WithMany().HasForeignKey(e => e.RecordId).OnDelete(DeleteBehavior.Cascade);
        builder
            .HasOne(e => e.TrackedEmail)
            .WithMany()
            .HasForeignKey(e => e.TrackedEmailId)
            .OnDelete(DeleteBehavior.Cascade);
    }
}

/// <summary>Where a search looks. A mail that is not logged is its sender's alone, so each sender has an area.</summary>
public static class SearchAreas
{
    /// <summary>Logged mail, which everyone may read.</summary>
    public const string Mail = "mail";

    /// <summary>Areas of records go by their type.</summary>
    public static readonly string[] OfRecords =
    [
        RecordTypes.Contact,
        RecordTypes.Company,
        RecordTypes.Deal,
        RecordTypes.Ticket,
    ];

    public static string SentBy(long userId) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"sent{userId}");
}

public static class SearchTables
{
    extension(AppDb db)
    {
        public DbSet<SearchEntry> SearchEntries => db.Set<SearchEntry>();
    }
}
