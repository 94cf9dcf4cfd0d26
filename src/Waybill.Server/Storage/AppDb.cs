using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Waybill.Server.Storage;

/// <summary>
/// The one model. It names no entity: it applies every <see cref="IEntityTypeConfiguration{TEntity}"/> of the assembly, and a feature
/// offers its tables as extensions over <c>Set&lt;T&gt;()</c>. Times are UTC <see cref="DateTime"/> (SQLite can't order DateTimeOffset).
/// </summary>
public abstract class AppDb(DbContextOptions options) : DbContext(options)
{
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(AppDb).Assembly);
    }

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        configurationBuilder.Properties<DateTime>().HaveConversion<UtcConverter>();
        configurationBuilder.Properties<Dictionary<string, string>>().HaveConversion<PropsConverter, PropsComparer>();
        configurationBuilder.Properties<List<string>>().HaveConversion<ListConverter, ListComparer>();
    }

    sealed class UtcConverter()
        : ValueConverter<DateTime, DateTime>(
            to => to.ToUniversalTime(),
            from => DateTime.SpecifyKind(from, DateTimeKind.Utc)
        );

    sealed class PropsConverter()
        : ValueConverter<Dictionary<string, string>, string>(
            to => JsonSerializer.Serialize(to, JsonSerializerOptions.Default),
            from => JsonSerializer.Deserialize<Dictionary<string, string>>(from, JsonSerializerOptions.Default)!
        );

    sealed class PropsComparer()
        : ValueComparer<Dictionary<string, string>>(
            (a, b) => a!.Count == b!.Count && !a.Except(b).Any(),
            value => value.Aggregate(0, (hash, pair) => hash ^ HashCode.Combine(pair.Key, pair.Value)),
            value => new Dictionary<string, string>(value)
        );

    sealed class ListConverter()
        : ValueConverter<List<string>, string>(
            to => JsonSerializer.Serialize(to, JsonSerializerOptions.Default),
            from => JsonSerializer.Deserialize<List<string>>(from, JsonSerializerOptions.Default)!
        );

    sealed class ListComparer()
        : ValueComparer<List<string>>(
            (a, b) => a!.SequenceEqual(b!),
            value => value.Aggregate(0, (hash, item) => HashCode.Combine(hash, item)),
            value => new List<string>(value)
        );
}
