using System.Globalization;
using Waybill.Server.Crm;
using Waybill.Server.Storage;
using Waybill.Server.Timeline;

namespace Waybill.Server.Demo;

/// <summary>Contacts, companies, deals and tickets that make the default associations visible: one contact has more than three.</summary>
sealed class DemoRecords(AppDb db, DateTime now, long anna, long jan)
{
    const string Customer = "Legitimate interest – existing customer";
    const string Prospect = "Legitimate interest – prospect/lead";

    public async Task PlantAsync(CancellationToken stop)
    {
        var contoso = Company("Contoso", "contoso.test", anna, "Poznań");
        var fabrikam = Company("Fabrikam", "fabrikam.test", jan, "Gdańsk");
        var adventure = Company("Adventure Works", "adventure-works.test", anna, "Wrocław");
        var litware = Company("Litware", "litware.test", jan, "Kraków");

        var maria = Contact("Maria", "Nowak", "lead@contoso.test", "Head of purchasing", anna, Customer);
        var adam = Contact("Adam", "Wilk", "adam.wilk@contoso.test", "Finance director", anna, Customer);
        var ewa = Contact("Ewa", "Sikora", "warehouse@contoso.test", "Warehouse", jan, Prospect);
        var sofia = Contact("Sofia", "Lindqvist", "sofia@fabrikam.test", "Operations lead", jan, Customer);
        var tomasz = Contact("Tomasz", "Wójcik", "tomasz@adventure-works.test", "Logistics", anna, Prospect);
        var daniel = Contact("Daniel", "Reyes", "daniel@adventure-works.test", "Showroom manager", anna, Prospect);
        var buyer = Contact("Jan", "Zieliński", "jan.zielinski@litware.test", "Buyer", jan, null);

        var framework = Deal("Framework 2027", "48000", "presentationscheduled", anna, closed: false, days: 2);
        var samples = Deal("Samples, second batch", "1900", "closedwon", anna, closed: true, days: 40);
        var scanners = Deal("120 handheld scanners", "26400", "contractsent", anna, closed: false, days: 6);
        var service = Deal("Service contract", "9600", "qualifiedtobuy", jan, closed: false, days: 9);
        var fleet = Deal("Fleet telematics", "73000", "presentationscheduled", jan, closed: false, days: 4);
        var pallet = Ticket("Damaged pallet, order 8812", "3", anna, days: 1);
        var invoice = Ticket("Invoice 2026/11 has the wrong address", "1", jan, days: 12);
        await db.SaveChangesAsync(stop);

        foreach (
            var (contact, company) in new[]
            {
                (maria, contoso),
                (adam, contoso),
                (ewa, contoso),
                (sofia, fabrikam),
                (tomasz, adventure),
                (daniel, adventure),
                (buyer, litware),
            }
        )
        {
            db.ContactAddresses.Add(
                new ContactAddress
                {
                    Address = contact["email"]!,
                    ContactId = contact.Id,
                    Primary = true,
                }
            );
            await Associate.TogetherAsync(db, contact, company, primary: true, stop);
        }
        foreach (var work in new[] { framework, samples, scanners, service, pallet, invoice })
        {
            await Associate.TogetherAsync(db, work, maria, stop: stop);
            await Associate.TogetherAsync(db, work, contoso, primary: true, stop);
        }
        await Associate.TogetherAsync(db, fleet, sofia, stop: stop);
        await Associate.TogetherAsync(db, fleet, fabrikam, primary: true, stop);
        await NoteAsync(maria, "Prefers a call before ten. Adam signs above €20,000.", jan, days: 47, stop);
        await NoteAsync(sofia, "Wants the telematics trial to start in Gdańsk first.", jan, days: 5, stop);
        await db.SaveChangesAsync(stop);
    }

    Record Plant(string type, string name, long owner, int days, Dictionary<string, string> props)
    {
        var at = now.AddDays(-days);
        var record = new Record
        {
            Type = type,
            Name = name,
            OwnerId = owner,
            CreatedAt = at,
            UpdatedAt = at,
            LastActivityAt = at,
            Props = props,
        };
        db.Records.Add(record);
        return record;
    }

    Record Company(string name, string domain, long owner, string city)
    {
        var props = new Dictionary<string, string>
        {
            ["name"] = name,
            ["domain"] = domain,
            ["city"] = city,
        };
        var company = Plant(RecordTypes.Company, name, owner, 60, props);
        company.Domain = domain;
        return company;
    }

    Record Contact(string first, string last, string address, string title, long owner, string? basis)
    {
        var props = new Dictionary<string, string>
        {
            ["firstname"] = first,
            ["lastname"] = last,
            ["email"] = address,
            ["jobtitle"] = title,
            ["hs_marketable_status"] = "false",
        };
        var contact = Plant(RecordTypes.Contact, $"{first} {last}", owner, 60, props);
        contact["hs_legal_basis"] = basis;
        return contact;
    }

    Record Deal(string name, string amount, string stage, long owner, bool closed, int days)
    {
        var props = new Dictionary<string, string>
        {
            ["dealname"] = name,
            ["amount"] = amount,
            ["deal_currency_code"] = "EUR",
            ["dealstage"] = stage,
            ["closedate"] = now.AddDays(closed ? -days : 30).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        };
        var deal = Plant(RecordTypes.Deal, name, owner, days, props);
        deal.Closed = closed;
        return deal;
    }

    Record Ticket(string subject, string status, long owner, int days) =>
        Plant(
            RecordTypes.Ticket,
            subject,
            owner,
            days,
            new() { ["subject"] = subject, ["hs_pipeline_stage"] = status }
        );

    async Task NoteAsync(Record about, string text, long author, int days, CancellationToken stop)
    {
        var note = Plant(RecordTypes.Note, text, author, days, new() { ["hs_note_body"] = text });
        await db.SaveChangesAsync(stop);
        await Associate.TogetherAsync(db, note, about, stop: stop);
        db.Timeline.Add(
            new TimelineEntry
            {
                RecordId = about.Id,
                At = note.CreatedAt,
                Kind = TimelineKinds.Note,
                SubjectId = note.Id,
                ActorId = author,
            }
        );
    }
}
