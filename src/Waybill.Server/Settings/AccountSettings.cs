using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Waybill.Server.Storage;

namespace Waybill.Server.Settings;

/// <summary>
/// The one row of account-wide choices. Names follow HubSpot's page "Email log and track settings" (features.md S-012 to S-017).
/// </summary>
public sealed class AccountSettings : IEntityTypeConfiguration<AccountSettings>
{
    /// <summary>Always 1: one account per installation.</summary>
    public int Id { get; init; } = 1;

    public string Name { get; set; } = "My company";

    /// <summary>S-012, S-013.</summary>
    public bool ApplyDefaultLog { get; set; }

    public bool LogAllByDefault { get; set; }

    /// <summary>S-014, S-015.</summary>
    public bool ApplyDefaultAssociations { get; set; }

    /// <summary>Record types a logged mail goes to beside the contact: company, deal, ticket.</summary>
    public List<string> DefaultAssociations { get; set; } = ["company", "deal", "ticket"];

    /// <summary>S-016, the master permission.</summary>
    public bool AllowTracking { get; set; } = true;

    /// <summary>S-017.</summary>
    public bool ApplyDefaultTrack { get; set; }

    public bool TrackAllByDefault { get; set; }

    /// <summary>GDPR functionality (S-060): opens are tracked only for contacts with a legal basis.</summary>
    public bool DataPrivacy { get; set; }

    /// <summary>S-088: false logs to contacts that exist and creates none.</summary>
    public bool CreateContacts { get; set; } = true;

    /// <summary>Address domains that are ours; no company is made or matched from them.</summary>
    public List<string> OwnDomains { get; set; } = [];

    public void Configure(EntityTypeBuilder<AccountSettings> builder)
    {
        builder.ToTable("account_settings");
        builder.Property(s => s.Id).ValueGeneratedNever();
    }
}

public static class SettingsTables
{
    extension(AppDb db)
    {
        public DbSet<AccountSettings> AccountSettings => db.Set<AccountSettings>();

        /// <summary>The account's choices; the product's defaults before anyone saved any.</summary>
        public async Task<AccountSettings> ReadSettingsAsync(CancellationToken stop = default) =>
            await db.Set<AccountSettings>().SingleOrDefaultAsync(stop) ?? new AccountSettings();
    }
}
