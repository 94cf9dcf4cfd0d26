using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Waybill.Server.Storage;

namespace Waybill.Server.Crm;

/// <summary>
/// A contact, company, deal, ticket, email, note or task: one row of one table, HubSpot's own generic model. What is looked up or
/// sorted by is promoted to a column; everything else is <see cref="Props"/>, the strings the API shows.
/// </summary>
public sealed class Record : IEntityTypeConfiguration<Record>
{
    public long Id { get; init; }

    /// <summary>One of <see cref="RecordTypes"/>.</summary>
    public required string Type { get; init; }

    public required string Name { get; set; }
    public long? OwnerId { get; set; }
    public required DateTime CreatedAt { get; init; }
    public required DateTime UpdatedAt { get; set; }

    /// <summary>The last mail, note or task on its timeline; orders "latest activity first".</summary>
    public DateTime? LastActivityAt { get; set; }

    /// <summary>Deals and tickets: no longer open.</summary>
    public bool Closed { get; set; }

    /// <summary>Companies: the address domain by which contacts find their company.</summary>
    public string? Domain { get; set; }

    /// <summary>The timeline's one pinned entry (HubSpot: hs_pinned_engagement_id), a record id.</summary>
    public long? PinnedId { get; set; }

    public bool Archived { get; set; }
    public DateTime? ArchivedAt { get; set; }

    /// <summary>Property name to the API's string; names are HubSpot's (firstname, jobtitle, dealstage, hs_legal_basis).</summary>
    public Dictionary<string, string> Props { get; set; } = [];

    public string? this[string property]
    {
        get => Props.GetValueOrDefault(property);
        set
        {
            if (string.IsNullOrEmpty(value))
                Props.Remove(property);
            else
                Props[property] = value;
        }
    }

    public void Configure(EntityTypeBuilder<Record> builder)
    {
        builder.ToTable("records");
        builder.HasIndex(r => new
        {
            r.Type,
            r.Archived,
            r.Name,
            r.Id,
        });
        builder.HasIndex(r => new { r.Type, r.Domain });
        builder.Property(r => r.Type).HasMaxLength(32);
        builder.Property(r => r.Name).HasMaxLength(500);
    }
}

public static class RecordTypes
{
    public const string Contact = "contact";
    public const string Company = "company";
    public const string Deal = "deal";
    public const string Ticket = "ticket";
    public const string Email = "email";
    public const string Note = "note";
    public const string Task = "task";
}

/// <summary>An address by which a contact is found. An address belongs to one contact.</summary>
public sealed class ContactAddress : IEntityTypeConfiguration<ContactAddress>
{
    /// <summary>In <see cref="Kernel.EmailAddress"/> form.</summary>
    public required string Address { get; init; }

    public required long ContactId { get; set; }
    public bool Primary { get; set; }

    public void Configure(EntityTypeBuilder<ContactAddress> builder)
    {
        builder.ToTable("contact_addresses");
        builder.HasKey(a => a.Address);
        builder.HasIndex(a => a.ContactId);
        builder.HasOne<Record>().WithMany().HasForeignKey(a => a.ContactId).OnDelete(DeleteBehavior.Cascade);
    }
}

/// <summary>Two records belong together. Kept once in each direction, so that either side is one index range.</summary>
public sealed class Association : IEntityTypeConfiguration<Association>
{
    public required long FromId { get; init; }
    public required long ToId { get; init; }

    /// <summary>The type of the record at <see cref="ToId"/>.</summary>
    public required string ToType { get; init; }

    /// <summary>A contact's, deal's or ticket's primary company; at most one a record.</summary>
    public bool Primary { get; set; }

    public void Configure(EntityTypeBuilder<Association> builder)
    {
        builder.ToTable("associations");
        builder.HasKey(a => new { a.FromId, a.ToId });
        builder.HasIndex(a => new { a.FromId, a.ToType });
        builder.HasOne<Record>().WithMany().HasForeignKey(a => a.FromId).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<Record>().WithMany().HasForeignKey(a => a.ToId).OnDelete(DeleteBehavior.Cascade);
    }
}

public static class CrmTables
{
    extension(AppDb db)
    {
        public DbSet<Record> Records => db.Set<Record>();
        public DbSet<ContactAddress> ContactAddresses => db.Set<ContactAddress>();
        public DbSet<Association> Associations => db.Set<Association>();

        /// <summary>The records of one type that belong to this one, archived ones left out.</summary>
        public IQueryable<Record> RelatedTo(long recordId, string type) =>
            from association in db.Set<Association>()
            join record in db.Set<Record>() on association.ToId equals record.Id
            where association.FromId == recordId && association.ToType == type && !record.Archived
            select record;
    }
}
