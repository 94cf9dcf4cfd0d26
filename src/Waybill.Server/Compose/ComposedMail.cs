using Waybill.Server.Crm;
using Waybill.Server.Identity;
using Waybill.Server.Kernel;
using Waybill.Server.Settings;
using Waybill.Server.Storage;
using Waybill.Server.Tracking;

namespace Waybill.Server.Compose;

/// <param name="Contact">Whose address it is, if anybody's.</param>
/// <param name="Kind">to, cc or bcc.</param>
/// <param name="Address">In comparable form.</param>
/// <param name="Name">As Outlook shows it; empty when it shows the address.</param>
public sealed record Addressee(string Kind, EmailAddress Address, string Name, Record? Contact)
{
    public string Shown => Contact?.Name ?? (Name.Length > 0 ? Name : Address.Text);
}

/// <summary>A mail being written, and what we know about everyone in it.</summary>
public sealed record ComposedMail(
    User User,
    AccountSettings Account,
    bool FromIsOwn,
    string From,
    IReadOnlyList<Addressee> Addressees
)
{
    public const int MostRecipients = 500;
    const int LongestName = 200;

    public IReadOnlyList<Addressee> Strangers =>
        [.. Addressees.Where(a => !Account.OwnDomains.Contains(a.Address.Domain))];

    public TrackDecision Tracking =>
        MayTrack.Decide(
            Account.AllowTracking,
            Account.DataPrivacy,
            FromIsOwn,
            User.Seat,
            [
                .. Addressees.Select(a => new AskedAbout(
                    a.Contact is not null,
                    !string.IsNullOrWhiteSpace(a.Contact?["hs_legal_basis"])
                )),
            ]
        );

    public LogAnswer Logging =>
        MayLog.Decide(
            FromIsOwn,
            !User.ViewOnly,
            Account.CreateContacts,
            Addressees.Count,
            Strangers.Count,
            Strangers.Count(a => a.Contact is not null)
        );

    public static async Task<ComposedMail> ReadAsync(
        AppDb db,
        WaybillOptions options,
        User user,
        string? from,
        IReadOnlyList<ComposeRecipient>? recipients,
        CancellationToken stop
    )
    {
        var asked = Parse(recipients ?? [], options);
        var contacts = await MatchContacts.ByAddressAsync(db, [.. asked.Select(a => a.Address)], stop);
        return new ComposedMail(
            user,
            await db.ReadSettingsAsync(stop),
            IsOwn(user, from),
            from ?? "",
            [.. asked.Select(a => a with { Contact = contacts.GetValueOrDefault(a.Address) })]
        );
    }

    public static bool IsOwn(User user, string? from) =>
        EmailAddress.TryParse(from, out var address)
        && (
            string.Equals(address.Text, user.Email, StringComparison.OrdinalIgnoreCase)
            || user.Aliases.Contains(address.Text)
        );

    /// <summary>One entry an address; what is no address is left out, and so are our own logging addresses.</summary>
    static List<Addressee> Parse(IEnumerable<ComposeRecipient> recipients, WaybillOptions options)
    {
        var found = new List<Addressee>();
        foreach (var recipient in recipients)
            if (
                EmailAddress.TryParse(recipient.Address, out var address)
                && !options.IsLoggingAddress(address)
                && found.TrueForAll(a => a.Address != address)
            )
                found.Add(new Addressee(KindOf(recipient), address, NameOf(recipient, address), null));
        return found;
    }

    static string KindOf(ComposeRecipient recipient) =>
        recipient.Kind?.ToLowerInvariant() is "cc" or "bcc" ? recipient.Kind.ToLowerInvariant() : "to";

    static string NameOf(ComposeRecipient recipient, EmailAddress address)
    {
        var name = recipient.Name?.Trim().Trim('\'', '"') ?? "";
        if (string.Equals(name, address.Text, StringComparison.OrdinalIgnoreCase))
            return "";
        return name.Length > LongestName ? name[..LongestName] : name;
    }

    /// <summary>Makes the row's recipients these, keeping the rows of those who stay: hits name them.</summary>
    public void PutRecipients(TrackedEmail mail)
    {
        mail.Recipients.RemoveAll(r => !Addressees.Any(a => a.Kind == r.Kind && a.Address.Text == r.Address));
        foreach (var addressee in Addressees)
        {
            var row = mail.Recipients.Find(r => r.Kind == addressee.Kind && r.Address == addressee.Address.Text);
            if (row is null)
                mail.Recipients.Add(
                    row = new TrackedRecipient
                    {
                        Kind = addressee.Kind,
                        Address = addressee.Address.Text,
                        Name = addressee.Name,
                    }
                );
            row.ContactId = addressee.Contact?.Id;
        }
    }
}
