using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Waybill.Server.Storage;

namespace Waybill.Server.Demo;

/// <summary>A mail in the demo inbox, once for each recipient it was delivered to.</summary>
public sealed class DemoMessage : IEntityTypeConfiguration<DemoMessage>
{
    public long Id { get; init; }
    public required long SpoolId { get; init; }
    public required string To { get; init; }
    public required string From { get; init; }
    public required string Subject { get; init; }
    public required string Preview { get; init; }
    public required DateTime At { get; init; }

    /// <summary>The raw bytes, a blob id.</summary>
    public required string Raw { get; init; }

    public void Configure(EntityTypeBuilder<DemoMessage> builder)
    {
        builder.ToTable("demo_messages");
        builder.HasIndex(m => new { m.SpoolId, m.To }).IsUnique();
        builder.HasIndex(m => new { m.To, m.Id });
    }
}

public static class DemoTables
{
    extension(AppDb db)
    {
        public DbSet<DemoMessage> DemoMessages => db.Set<DemoMessage>();
    }
}
