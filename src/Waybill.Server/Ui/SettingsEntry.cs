namespace Waybill.Server.Ui;

public enum SettingsSection
{
    Mine,
    Account,
    Operations,
}

/// <summary>
/// A page of the settings. Each feature registers its own (<c>services.AddSingleton(new SettingsEntry(…))</c>), so that the
/// navigation never offers a page that does not exist. The name is English and shown through <see cref="Words"/>; a page for super admins must check that itself too.
/// </summary>
public sealed record SettingsEntry(SettingsSection Section, string Name, string Href, bool SuperAdmin = false);
