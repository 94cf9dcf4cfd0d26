using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Waybill.Server.Storage;

namespace Waybill.Server.Logging;

/// <summary>A mailbox as the mail named it.</summary>
public sealed record MailPerson(string Name, string Address);

/// <summary>The mail facts of an email record: what its raw bytes said, and how it came to us.</summary>
public sealed class LoggedEmail : IEntityTypeConfiguration<LoggedEmail>
{
    /// <summary>The email record this belongs to.</summary>
    public required long RecordId { get; init; }

    /// <summary>Without angle brackets. One mail is logged once, whatever the ways it reaches us.</summary>
    public required string MessageId { get; init; }

    public required string ThreadId { get; set; }
    public required MailPerson From { get; init; }
    public List<MailPerson> To { get; init; } = [];
    public List<MailPerson> Cc { get; init; } = [];
    public required string Subject { get; init; }

    /// <summary>The Date header where it is believable, else when we received it.</summary>
    public required DateTime SentAt { get; init; }

    public required DateTime ReceivedAt { get; init; }

    /// <summary>As received; only ever shown through SafeHtml.</summary>
    public string? Html { get; init; }

    public string? Text { get; init; }

    /// <summary>One line of the new text.</summary>
    public required string Preview { get; init; }

    /// <summary>The raw bytes, a blob id.</summary>
    public required string RawBlob { get; init; }

    public required long LoggedById { get; init; }

    /// <summary>bcc or forward.</summary>
    public required string Via { get; init; }

    /// <summary>The tracked email whose copy this is.</summary>
    public long? TrackedEmailId { get; set; }

    /// <summary>Attachments over the cap, by name: delivered to the contact, not kept here (S-073).</summary>
    public List<string> LeftOut { get; init; } = [];

    public List<Attachment> Attachments { get; } = [];

    public void Configure(EntityTypeBuilder<LoggedEmail> builder)
    {
        builder.ToTable("logged_emails");
        builder.HasKey(e => e.RecordId);
        builder.Property(e => e.RecordId).ValueGeneratedNever();
        builder.HasIndex(e => e.MessageId).IsUnique();
        builder.HasIndex(e => new { e.ThreadId, e.SentAt });
        builder.HasIndex(e => new
        {
            e.LoggedById,
            e.SentAt,
            e.RecordId,
        });
        builder.HasOne<Crm.Record>().WithOne().HasForeignKey<LoggedEmail>(e => e.RecordId);
        builder.HasMany(e => e.Attachments).WithOne().HasForeignKey(a => a.EmailId);
        builder.OwnsOne(e => e.From);
        builder.Property(e => e.To).HasConversion(PeopleColumn.Converter, PeopleColumn.Comparer);
        builder.Property(e => e.Cc).HasConversion(PeopleColumn.Converter, PeopleColumn.Comparer);
    }
}

public sealed class Attachment : IEntityTypeConfiguration<Attachment>
{
    public long Id { get; init; }
    public long EmailId { get; init; }
    public required string FileName { get; init; }
    public required string ContentType { get; init; }

    /// <summary>Decoded, in bytes.</summary>
    public required long Size { get; init; }

    public required string Blob { get; init; }
    public string? ContentId { get; init; }
    public bool Inline { get; init; }

    public void Configure(EntityTypeBuilder<Attachment> builder)
    {
        builder.ToTable("attachments");
        builder.HasIndex(a => a.EmailId);
    }
}

/// <summary>Which conversation a message id belongs to, also for messages we know only from a References header.</summary>
public sealed class ThreadMember : IEntityTypeConfiguration<ThreadMember>
{
    public required string MessageId { get; init; }
    public required string ThreadId { get; set; }

    public void Configure(EntityTypeBuilder<ThreadMember> builder)
    {
        builder.ToTable("thread_members");
        builder.HasKey(m => m.MessageId);
        builder.HasIndex(m => m.ThreadId);
    }
}

/// <summary>A mail to a logging address that was not logged, with its reason, where an admin can see it.</summary>
public sealed class NotLogged : IEntityTypeConfiguration<NotLogged>
{
    public long Id { get; init; }
    public required long SpoolId { get; init; }
    public required DateTime At { get; init; }
    public required string Reason { get; init; }
    public string From { get; init; } = "";
    public string Subject { get; init; } = "";
    public string MessageId { get; init; } = "";

    /// <summary>The user it concerns, where the From address told.</summary>
    public long? UserId { get; init; }

    public void Configure(EntityTypeBuilder<NotLogged> builder)
    {
        builder.ToTable("not_logged");
        builder.HasIndex(n => n.SpoolId).IsUnique();
        builder.HasIndex(n => n.At);
    }
}

public static class LoggingTables
{
    extension(AppDb db)
    {
        public DbSet<LoggedEmail> LoggedEmails => db.Set<LoggedEmail>();
        public DbSet<Attachment> Attachments => db.Set<Attachment>();
        public DbSet<ThreadMember> ThreadMembers => db.Set<ThreadMember>();
        public DbSet<NotLogged> NotLogged => db.Set<NotLogged>();
    }
}
