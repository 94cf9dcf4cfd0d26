using Microsoft.EntityFrameworkCore;
using Waybill.Server.Identity;
using Waybill.Server.Kernel;
using Waybill.Server.Storage;
using Waybill.Server.Timeline;

namespace Waybill.Server.Crm;

/// <summary>
/// What became of it. <paramref name="RecordId"/> is the new record, or the one that has the address already; <paramref name="Property"/>
/// is what the outcome is about, where it is one property.
/// </summary>
public sealed record Created(EditOutcome Outcome, long RecordId = 0, string? Property = null);

public static class CreateRecord
{
    /// <summary>A record made by hand: its values are checked like edits, the maker owns it, and it belongs to <paramref name="relatedId"/>. Saves.</summary>
    public static async Task<Created> ByHandAsync(
        AppDb db,
        User user,
        string type,
        IReadOnlyDictionary<string, string?> values,
        long? relatedId,
        DateTime now,
        CancellationToken stop = default
    )
    {
        if (user.ViewOnly || !user.Active)
            return new Created(EditOutcome.NotAllowed);
        var record = new Record
        {
            Type = type,
            Name = "",
            OwnerId = user.Id,
            CreatedAt = now,
            UpdatedAt = now,
            ["hs_object_source"] = "CRM_UI",
        };
        foreach (var definition in PropertyCatalog.Of(type).Where(p => p.OnCreate))
        {
            var (outcome, stored) = EditProperty.Check(
                type,
                definition.Name,
                values.GetValueOrDefault(definition.Name)
            );
            if (outcome != EditOutcome.Saved)
                return new Created(outcome, Property: definition.Name);
            record[definition.Name] = stored;
        }
        if (type == RecordTypes.Contact && await OwnerOfAddressAsync(db, record["email"]!, stop) is { } other)
            return new Created(EditOutcome.AddressTaken, other, "email");
        EditProperty.Promote(record);
        await using var all = await db.Database.BeginTransactionAsync(stop);
        db.Records.Add(record);
        await db.SaveChangesAsync(stop);
        await JoinAsync(db, record, relatedId, stop);
        db.Timeline.Add(
            new TimelineEntry
            {
                RecordId = record.Id,
                At = now,
                Kind = TimelineKinds.Created,
                ActorId = user.Id,
            }
        );
        await db.SaveChangesAsync(stop);
        await all.CommitAsync(stop);
        return new Created(EditOutcome.Saved, record.Id);
    }

    static async Task JoinAsync(AppDb db, Record record, long? relatedId, CancellationToken stop)
    {
        if (record.Type == RecordTypes.Contact)
            db.ContactAddresses.Add(
                new ContactAddress
                {
                    Address = record["email"]!,
                    ContactId = record.Id,
                    Primary = true,
                }
            );
        Record? company = null;
        if (
            relatedId is { } id
            && await db.Records.SingleOrDefaultAsync(r => r.Id == id && !r.Archived, stop) is { } with
        )
        {
            company = with.Type == RecordTypes.Company ? with : null;
            await Associate.TogetherAsync(db, record, with, primary: company is not null, stop);
            if (record.Type is RecordTypes.Deal or RecordTypes.Ticket && with.Type == RecordTypes.Contact)
            {
                company = await WhereMailBelongs.PrimaryCompanyAsync(db, with.Id, stop);
                if (company is not null)
                    await Associate.TogetherAsync(db, record, company, primary: true, stop);
            }
        }
        if (record.Type == RecordTypes.Contact && company is null)
        {
            var domain = EmailAddress.Parse(record["email"]!).Domain;
            company = await db
                .Records.Where(r => r.Type == RecordTypes.Company && r.Domain == domain && !r.Archived)
                .OrderBy(r => r.Id)
                .FirstOrDefaultAsync(stop);
            if (company is not null)
                await Associate.TogetherAsync(db, record, company, primary: true, stop);
        }
    }

    /// <summary>The contact who has the address, also a deleted one: it can be restored.</summary>
    static async Task<long?> OwnerOfAddressAsync(AppDb db, string address, CancellationToken stop) =>
        (await db.ContactAddresses.FindAsync([address], stop))?.ContactId;
}
