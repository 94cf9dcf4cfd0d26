using Microsoft.EntityFrameworkCore;
using Waybill.Server.Kernel;
using Waybill.Server.Storage;
using Waybill.Server.Timeline;

namespace Waybill.Server.Crm;

public static class CreateContact
{
    /// <summary>
    /// A contact for an address nobody has yet (S-086): the sender owns it (S-091), it is non-marketing (S-090), and it joins the one
    /// company whose domain is the address's. Saves.
    /// </summary>
    public static async Task<Record> FromMailAsync(
        AppDb db,
        EmailAddress address,
        string? name,
        long ownerId,
        DateTime now,
        CancellationToken stop = default
    )
    {
        var (first, last) = SplitName(name, address);
        var contact = new Record
        {
            Type = RecordTypes.Contact,
            Name = $"{first} {last}".Trim() is { Length: > 0 } full ? full : address.Text,
            OwnerId = ownerId,
            CreatedAt = now,
            UpdatedAt = now,
            ["email"] = address.Text,
            ["firstname"] = first,
            ["lastname"] = last,
            ["hs_marketable_status"] = "false",
            ["hs_object_source"] = "EMAIL",
        };
        db.Records.Add(contact);
        await db.SaveChangesAsync(stop);
        db.ContactAddresses.Add(
            new ContactAddress
            {
                Address = address.Text,
                ContactId = contact.Id,
                Primary = true,
            }
        );
        db.Timeline.Add(
            new TimelineEntry
            {
                RecordId = contact.Id,
                At = now,
                Kind = TimelineKinds.Created,
                ActorId = ownerId,
            }
        );
        if (await CompanyOfDomainAsync(db, address.Domain, stop) is { } company)
            await Associate.TogetherAsync(db, contact, company, primary: true, stop);
        await db.SaveChangesAsync(stop);
        return contact;
    }

    static async Task<Record?> CompanyOfDomainAsync(AppDb db, string domain, CancellationToken stop) =>
        await db
            .Records.Where(r => r.Type == RecordTypes.Company && r.Domain == domain && !r.Archived)
            .OrderBy(r => r.Id)
            .FirstOrDefaultAsync(stop);

    /// <summary>A display name that is only the address again tells nothing; then the name stays empty.</summary>
    static (string First, string Last) SplitName(string? name, EmailAddress address)
    {
        name = name?.Trim().Trim('"', '\'') ?? "";
        if (name.Length == 0 || name.Contains('@', StringComparison.Ordinal) || name.Length > 200)
            return ("", "");
        if (name.Split(',', 2, StringSplitOptions.TrimEntries) is [var family, var given] && given.Length > 0)
            return (given, family);
        return
            name.Split(' ', 2, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                is [var first, var last]
            ? (first, last)
            : (name, "");
    }
}
