using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Waybill.Server.Tracking;

public enum HitKind
{
    Open,
    Click,
}

/// <summary>What we make of a hit. Words on screen: Person, automatic, can't tell.</summary>
public enum VerdictKind
{
    Human,
    Machine,
    Unknowable,
}

/// <summary>
/// The image was loaded or a link was followed. The upper half is evidence and never changes; the lower half is our opinion, kept with
/// the rules that formed it so that it can be formed anew.
/// </summary>
public sealed class Hit : IEntityTypeConfiguration<Hit>
{
    public long Id { get; init; }

    /// <summary>Drawn at random when it arrived, not the lane's own number: a hit drained twice is one row.</summary>
    public required long SpoolId { get; init; }

    public required long TrackedEmailId { get; init; }
    public required HitKind Kind { get; init; }
    public required DateTime At { get; init; }
    public int? LinkNumber { get; init; }

    /// <summary>Null when the mail went to several, since they all carry one image.</summary>
    public long? RecipientId { get; init; }

    public string UserAgent { get; init; } = "";

    /// <summary>Network only (IPv4 /24, IPv6 /48): no raw address is kept.</summary>
    public string Network { get; init; } = "";

    public AddressClass AddressClass { get; init; }

    /// <summary>Keyed pseudonym of the address, good for one month; see <see cref="RemoteAddress"/>.</summary>
    public string Address { get; init; } = "";

    /// <summary>The request headers that bear on the verdict (purpose, sec-purpose, via…), a few, capped.</summary>
    public Dictionary<string, string> Headers { get; init; } = [];

    /// <summary>The sender's own look is <see cref="VerdictKind.Machine"/> for reason <see cref="Tracking.Verdict.OwnLook"/>.</summary>
    public VerdictKind Verdict { get; set; }

    /// <summary>The rules that fired, strongest first, by name.</summary>
    public List<string> Reasons { get; set; } = [];

    public int RulesVersion { get; set; }

    public void Configure(EntityTypeBuilder<Hit> builder)
    {
        builder.ToTable("hits");
        builder.HasIndex(h => h.SpoolId).IsUnique();
        builder.HasIndex(h => new { h.TrackedEmailId, h.At });
        builder.HasOne<TrackedEmail>().WithMany().HasForeignKey(h => h.TrackedEmailId);
    }
}
