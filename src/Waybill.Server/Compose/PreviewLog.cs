using Microsoft.EntityFrameworkCore;
using Waybill.Server.Crm;
using Waybill.Server.Identity;
using Waybill.Server.Storage;

namespace Waybill.Server.Compose;

/// <summary>Before sending: the records a mail will be logged on, and who its recipients are.</summary>
static class PreviewLog
{
    public static async Task<List<LogRecord>> RecordsAsync(
        AppDb db,
        ComposedMail mail,
        ComposeWords words,
        CancellationToken stop
    )
    {
        if (mail.Logging != LogAnswer.Logged)
            return [];
        var contacts = mail.Strangers.Select(a => a.Contact).OfType<Record>().DistinctBy(c => c.Id).ToList();
        var targets = await WhereMailBelongs.ByAddInAsync(db, contacts, mail.Account.DefaultAssociations, stop);
        var records = targets
            .Select(t => new LogRecord(Id(t.Record.Id), t.Record.Type, t.Record.Name, null, words.Why(t.Why)))
            .ToList();
        if (mail.Account.CreateContacts)
            records.AddRange(
                mail.Strangers.Where(a => a.Contact is null)
                    .Select(a => new LogRecord(
                        $"new:{a.Address.Text}",
                        RecordTypes.Contact,
                        a.Address.Text,
                        null,
                        words.WillBeCreated,
                        WillBeCreated: true
                    ))
            );
        return records;
    }

    public static async Task<List<Person>> PeopleAsync(
        AppDb db,
        ComposedMail mail,
        ComposeWords words,
        DateTime now,
        CancellationToken stop
    )
    {
        var ids = mail.Addressees.Select(a => a.Contact?.Id).OfType<long>().ToList();
        var companies = await (
            from association in db.Associations
            join company in db.Records on association.ToId equals company.Id
            where
                ids.Contains(association.FromId)
                && association.ToType == RecordTypes.Company
                && association.Primary
                && !company.Archived
            select new { association.FromId, company.Name }
        ).ToListAsync(stop);
        var companyOf = companies.DistinctBy(c => c.FromId).ToDictionary(c => c.FromId, c => c.Name);
        var owners = mail.Addressees.Select(a => a.Contact?.OwnerId).OfType<long>().Distinct().ToList();
        var ownerOf = await db.Users.Where(u => owners.Contains(u.Id)).ToDictionaryAsync(u => u.Id, u => u.Name, stop);
        return [.. mail.Addressees.Select(Describe)];

        Person Describe(Addressee addressee) =>
            addressee.Contact is not { } contact
                ? new Person(addressee.Address.Text, addressee.Shown, null, null, null, null)
                : new Person(
                    addressee.Address.Text,
                    addressee.Shown,
                    Id(contact.Id),
                    companyOf.GetValueOrDefault(contact.Id),
                    contact.OwnerId == mail.User.Id ? words.You : ownerOf.GetValueOrDefault(contact.OwnerId ?? 0),
                    contact.LastActivityAt is { } at ? words.LastTouch(at, now, mail.User.TimeZone) : null
                );
    }

    static string Id(long id) => id.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
