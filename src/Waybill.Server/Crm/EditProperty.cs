using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Waybill.Server.Identity;
using Waybill.Server.Kernel;
using Waybill.Server.Storage;

namespace Waybill.Server.Crm;

public enum EditOutcome
{
    Saved,

    /// <summary>No such record, or it was deleted meanwhile.</summary>
    Gone,

    /// <summary>This user may read only.</summary>
    NotAllowed,

    /// <summary>The type has no such property.</summary>
    NoSuchProperty,
    Required,
    NotAnAddress,
    NotADomain,
    NotANumber,
    NotADate,
    NotAChoice,
    TooLong,

    /// <summary>Another contact has this address.</summary>
    AddressTaken,
}

public static class EditProperty
{
    const int Longest = 500;
    const int LongestLongText = 20_000;

    /// <summary>Checks one value and stores it, and what follows from it: the name, the address, the domain, open or closed. Saves.</summary>
    public static async Task<EditOutcome> SaveAsync(
        AppDb db,
        User user,
        long recordId,
        string property,
        string? value,
        DateTime now,
        CancellationToken stop = default
    )
    {
        if (user.ViewOnly || !user.Active)
            return EditOutcome.NotAllowed;
        var record = await db.Records.SingleOrDefaultAsync(r => r.Id == recordId && !r.Archived, stop);
        if (record is null)
            return EditOutcome.Gone;
        if (property != PropertyCatalog.Owner && !string.IsNullOrEmpty(value) && record[property] == value)
            return EditOutcome.Saved;
        var (outcome, stored) = Check(record.Type, property, value);
        if (outcome != EditOutcome.Saved)
            return outcome;
        outcome = await SetAsync(db, record, property, stored, stop);
        if (outcome != EditOutcome.Saved)
            return outcome;
        record.UpdatedAt = now;
        await db.SaveChangesAsync(stop);
        return EditOutcome.Saved;
    }

    /// <summary>The value in the form it is stored, or what is wrong with it.</summary>
    public static (EditOutcome Outcome, string Stored) Check(string type, string property, string? value)
    {
        if (PropertyCatalog.Find(type, property) is not { } definition)
            return (EditOutcome.NoSuchProperty, "");
        var text = value?.Trim() ?? "";
        if (text.Length == 0)
            return (definition.Required ? EditOutcome.Required : EditOutcome.Saved, "");
        if (text.Length > (definition.Kind == PropertyKind.LongText ? LongestLongText : Longest))
            return (EditOutcome.TooLong, "");
        return definition.Kind switch
        {
            PropertyKind.Email => EmailAddress.TryParse(text, out var address)
                ? (EditOutcome.Saved, address.Text)
                : (EditOutcome.NotAnAddress, ""),
            PropertyKind.Domain => EmailAddress.TryParse($"x@{BareDomain(text)}", out var at) && at.Domain.Contains('.')
                ? (EditOutcome.Saved, at.Domain)
                : (EditOutcome.NotADomain, ""),
            PropertyKind.Money => Money.TryRead(text, out var amount)
                ? (EditOutcome.Saved, amount)
                : (EditOutcome.NotANumber, ""),
            PropertyKind.Date => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, 0, out _)
                ? (EditOutcome.Saved, text)
                : (EditOutcome.NotADate, ""),
            PropertyKind.Choice => definition.Choices.Any(c => c.Value == text)
                ? (EditOutcome.Saved, text)
                : (EditOutcome.NotAChoice, ""),
            PropertyKind.Owner => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _)
                ? (EditOutcome.Saved, text)
                : (EditOutcome.NotAChoice, ""),
            _ => (EditOutcome.Saved, text),
        };
    }

    static async Task<EditOutcome> SetAsync(
        AppDb db,
        Record record,
        string property,
        string value,
        CancellationToken stop
    )
    {
        if (property == PropertyCatalog.Owner)
        {
            long? owner = value.Length == 0 ? null : long.Parse(value, CultureInfo.InvariantCulture);
            if (owner is not null && !await db.Users.AnyAsync(u => u.Id == owner && u.Active, stop))
                return EditOutcome.NotAChoice;
            record.OwnerId = owner;
            return EditOutcome.Saved;
        }
        if (record.Type == RecordTypes.Contact && property == "email")
        {
            var outcome = await MoveAddressAsync(db, record, value, stop);
            if (outcome != EditOutcome.Saved)
                return outcome;
        }
        record[property] = value;
        Promote(record);
        return EditOutcome.Saved;
    }

    /// <summary>What is looked up or sorted by stands in columns of its own; brings them in line with the properties.</summary>
    public static void Promote(Record record)
    {
        switch (record.Type)
        {
            case RecordTypes.Contact:
                var name = $"{record["firstname"]} {record["lastname"]}".Trim();
                record.Name = name.Length > 0 ? name : record["email"] ?? record.Name;
                break;
            case RecordTypes.Company:
                record.Name = record["name"] ?? record.Name;
                record.Domain = record["domain"];
                break;
            case RecordTypes.Deal:
                record.Name = record["dealname"] ?? record.Name;
                record.Closed = PropertyCatalog.IsClosed(record.Type, record["dealstage"]);
                break;
            case RecordTypes.Ticket:
                record.Name = record["subject"] ?? record.Name;
                record.Closed = PropertyCatalog.IsClosed(record.Type, record["hs_pipeline_stage"]);
                break;
            default:
                break;
        }
    }

    /// <summary>The new address becomes the primary one; the old one stays, so that mail from it still finds the contact.</summary>
    static async Task<EditOutcome> MoveAddressAsync(AppDb db, Record contact, string address, CancellationToken stop)
    {
        var known = await db.ContactAddresses.FindAsync([address], stop);
        if (known is not null && known.ContactId != contact.Id)
            return EditOutcome.AddressTaken;
        foreach (var other in await db.ContactAddresses.Where(a => a.ContactId == contact.Id).ToListAsync(stop))
            other.Primary = other.Address == address;
        if (known is null)
            db.ContactAddresses.Add(
                new ContactAddress
                {
                    Address = address,
                    ContactId = contact.Id,
                    Primary = true,
                }
            );
        return EditOutcome.Saved;
    }

    static string BareDomain(string text)
    {
        if (Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Host.Length > 0)
            text = address.Host;
        text = text.TrimEnd('/');
        return text.StartsWith("www.", StringComparison.OrdinalIgnoreCase) ? text[4..] : text;
    }
}
