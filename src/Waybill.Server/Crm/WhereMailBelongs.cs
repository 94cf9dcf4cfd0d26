using Microsoft.EntityFrameworkCore;
using Waybill.Server.Storage;

namespace Waybill.Server.Crm;

/// <summary>A record a mail lands on, and why, in words a person reads.</summary>
public sealed record MailTarget(Record Record, WhyThere Why);

public enum WhyThere
{
    Recipient,
    PrimaryCompany,
    OpenDeal,
    Deal,
    Ticket,
}

/// <summary>Which companies, deals and tickets a mail to these contacts belongs to.</summary>
public static class WhereMailBelongs
{
    /// <summary>A mail sent to the BCC address: the primary company and the five latest open deals of each contact (features.md 2.2).</summary>
    public static async Task<List<MailTarget>> ByBccAsync(
        AppDb db,
        IReadOnlyCollection<Record> contacts,
        CancellationToken stop = default
    )
    {
        var targets = await ContactsAndCompaniesAsync(db, contacts, stop);
        foreach (var contact in contacts)
            targets.AddRange(
                (
                    await db.RelatedTo(contact.Id, RecordTypes.Deal)
                        .Where(d => !d.Closed)
                        .OrderByDescending(d => d.LastActivityAt != null)
                        .ThenByDescending(d => d.LastActivityAt)
                        .ThenByDescending(d => d.Id)
                        .Take(5)
                        .ToListAsync(stop)
                ).Select(deal => new MailTarget(deal, WhyThere.OpenDeal))
            );
        return Once(targets);
    }

    /// <summary>
    /// A mail sent with the add-in: the primary companies and the first three deals and tickets together, across all recipients
    /// (S-083); first means open before closed, then latest activity, then id.
    /// </summary>
    public static async Task<List<MailTarget>> ByAddInAsync(
        AppDb db,
        IReadOnlyCollection<Record> contacts,
        IReadOnlyCollection<string> types,
        CancellationToken stop = default
    )
    {
        var targets = await ContactsAndCompaniesAsync(db, contacts, stop);
        if (!types.Contains(RecordTypes.Company))
            targets.RemoveAll(t => t.Why == WhyThere.PrimaryCompany);
        var ids = contacts.Select(c => c.Id).ToList();
        var wanted = new[] { RecordTypes.Deal, RecordTypes.Ticket }.Where(types.Contains).ToList();
        var work = await (
            from association in db.Associations
            join record in db.Records on association.ToId equals record.Id
            where ids.Contains(association.FromId) && wanted.Contains(association.ToType) && !record.Archived
            select record
        )
            .Distinct()
            .OrderBy(r => r.Closed)
            .ThenByDescending(r => r.LastActivityAt != null)
            .ThenByDescending(r => r.LastActivityAt)
            .ThenByDescending(r => r.Id)
            .Take(3)
            .ToListAsync(stop);
        targets.AddRange(
            work.Select(r => new MailTarget(
                r,
                r.Type == RecordTypes.Ticket ? WhyThere.Ticket
                    : r.Closed ? WhyThere.Deal
                    : WhyThere.OpenDeal
            ))
        );
        return Once(targets);
    }

    static async Task<List<MailTarget>> ContactsAndCompaniesAsync(
        AppDb db,
        IReadOnlyCollection<Record> contacts,
        CancellationToken stop
    )
    {
        var targets = contacts.Select(c => new MailTarget(c, WhyThere.Recipient)).ToList();
        foreach (var contact in contacts)
            if (await PrimaryCompanyAsync(db, contact.Id, stop) is { } company)
                targets.Add(new MailTarget(company, WhyThere.PrimaryCompany));
        return targets;
    }

    public static async Task<Record?> PrimaryCompanyAsync(AppDb db, long recordId, CancellationToken stop = default) =>
        await (
            from association in db.Associations
            join company in db.Records on association.ToId equals company.Id
            where
                association.FromId == recordId
                && association.ToType == RecordTypes.Company
                && association.Primary
                && !company.Archived
            select company
        ).FirstOrDefaultAsync(stop);

    static List<MailTarget> Once(List<MailTarget> targets) => [.. targets.DistinctBy(t => t.Record.Id)];
}
