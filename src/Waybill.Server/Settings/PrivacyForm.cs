using Waybill.Server.Kernel;

namespace Waybill.Server.Settings;

/// <summary>What the page "Contacts and privacy" posts.</summary>
public sealed class PrivacyForm
{
    const int MostDomains = 1000;

    public bool DataPrivacy { get; set; }
    public bool CreateContacts { get; set; }

    /// <summary>One a line.</summary>
    public string? OwnDomains { get; set; }

    public static PrivacyForm Of(AccountSettings account) =>
        new()
        {
            DataPrivacy = account.DataPrivacy,
            CreateContacts = account.CreateContacts,
            OwnDomains = string.Join('\n', account.OwnDomains),
        };

    /// <summary>What is wrong with the domains, in English; null when all was taken.</summary>
    public string? Apply(AccountSettings account)
    {
        var domains = new List<string>();
        foreach (
            var line in (OwnDomains ?? "").Split(
                ['\n', ',', ';', ' '],
                StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries
            )
        )
        {
            if (!EmailAddress.TryParse("x@" + line.TrimStart('@'), out var address))
                return "One of these is not a domain.";
            if (!domains.Contains(address.Domain))
                domains.Add(address.Domain);
        }
        if (domains.Count > MostDomains)
            return "Give at most 1,000 domains.";
        account.DataPrivacy = DataPrivacy;
        account.CreateContacts = CreateContacts;
        account.OwnDomains = domains;
        return null;
    }
}
