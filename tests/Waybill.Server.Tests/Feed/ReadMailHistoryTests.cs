using Waybill.Server.Crm;
using Waybill.Server.Feed;
using Waybill.Server.Timeline;
using Waybill.Server.Tracking;
using Waybill.Server.Ui;
using static Waybill.Server.Tests.Feed.FeedDb;

namespace Waybill.Server.Tests.Feed;

public sealed class ReadMailHistoryTests : IAsyncLifetime
{
    readonly FeedDb _db = new();

    public ValueTask InitializeAsync() => _db.InitializeAsync();

    public ValueTask DisposeAsync() => _db.DisposeAsync();

    [Fact]
    public async Task Every_hit_is_listed_newest_first_and_automatic_ones_apart()
    {
        var mail = await _db.SendAsync(Anna, "Offer", Noon, "lead@contoso.test");
        await _db.HitAsync(mail.Id, HitKind.Open, VerdictKind.Machine, Noon.AddSeconds(2));
        await _db.HitAsync(mail.Id, HitKind.Open, VerdictKind.Human, Noon.AddMinutes(5));
        await _db.HitAsync(mail.Id, HitKind.Click, VerdictKind.Unknowable, Noon.AddMinutes(6));

        var history = await ReadAsync(mail);

        Assert.Equal(
            [(Noon.AddMinutes(6), true, HowSure.CannotTell), (Noon.AddMinutes(5), false, HowSure.Person)],
            history.Hits.Select(h => (h.At, h.Click, h.Sure))
        );
        Assert.Equal("the offer", history.Hits[0].Link);
        Assert.Equal(HowSure.Automatic, Assert.Single(history.Automatic).Sure);
        Assert.Equal(0, history.LeftOut);
    }

    [Fact]
    public async Task Of_very_many_hits_the_newest_are_listed_and_the_rest_counted()
    {
        var mail = await _db.SendAsync(Anna, "Offer", Noon, "lead@contoso.test");
        for (var i = 0; i < 103; i++)
            await _db.HitAsync(mail.Id, HitKind.Open, VerdictKind.Human, Noon.AddMinutes(i));

        var history = await ReadAsync(mail);

        Assert.Equal(100, history.Hits.Count);
        Assert.Equal(Noon.AddMinutes(102), history.Hits[0].At);
        Assert.Equal(3, history.LeftOut);
    }

    [Fact]
    public async Task The_contacts_history_stands_beside_without_what_was_deleted()
    {
        var maria = await _db.AddAsync(RecordTypes.Contact, "Maria Nowak");
        var kept = await _db.AddAsync(RecordTypes.Email, "Samples for Poznań");
        var deleted = await _db.AddAsync(RecordTypes.Email, "Sent by mistake");
        var note = await _db.AddAsync(RecordTypes.Note, "Prefers a call");
        await using (var db = _db.Open())
        {
            db.AddRange(
                Entry(TimelineKinds.Created, 0, null),
                Entry(TimelineKinds.Email, 1, kept.Id),
                Entry(TimelineKinds.Email, 2, deleted.Id),
                Entry(TimelineKinds.Note, 3, note.Id, Jan)
            );
            (await db.Records.FindAsync(deleted.Id))!.Archived = true;
            await db.SaveChangesAsync();
        }
        TrackedRecipient to = new()
        {
            Kind = "to",
            Address = "lead@contoso.test",
            ContactId = maria.Id,
        };

        var history = await ReadAsync(await _db.SendAsync(Anna, "Offer", Noon, [to]));

        Assert.Equal(
            [
                (TimelineKinds.Note, "Prefers a call", "Jan Nowak"),
                (TimelineKinds.Email, "Samples for Poznań", null),
                (TimelineKinds.Created, "", null),
            ],
            history.Contact.Select(l => (l.Kind, l.Text, l.Actor))
        );

        TimelineEntry Entry(string kind, int day, long? subject, long? actor = null) =>
            new()
            {
                RecordId = maria.Id,
                At = Noon.AddDays(day),
                Kind = kind,
                SubjectId = subject,
                ActorId = actor,
            };
    }

    async Task<MailHistory> ReadAsync(TrackedEmail mail)
    {
        await using var db = _db.Open();
        return (await ReadMailHistory.ReadAsync(db, Anna, mail.Id))!;
    }
}
