using Waybill.Server.Crm;
using Waybill.Server.Timeline;

namespace Waybill.Server.Tests.Crm;

public sealed class ReadTimelineTests(WaybillHost host) : IClassFixture<WaybillHost>
{
    static readonly DateTime Noon = new(2026, 10, 15, 12, 0, 0, DateTimeKind.Utc);

    [Fact]
    public async Task Paging_on_shows_each_entry_once_while_new_ones_arrive()
    {
        var contact = await host.AddRecordAsync(RecordTypes.Contact, "Maria");
        // Five at one instant, as a batch of logged mail has them.
        for (var i = 0; i < 25; i++)
            await AddAsync(contact.Id, Noon.AddMinutes(-(i / 5)), TimelineKinds.Email);
        await using var db = host.Db();
        var before = db.Timeline.Where(e => e.RecordId == contact.Id).Select(e => e.Id).ToHashSet();

        var seen = new List<long>();
        TimelineCursor? place = null;
        do
        {
            var page = await ReadTimeline.PageAsync(db, contact.Id, null, place, 7);
            seen.AddRange(page.Entries.Select(e => e.Id));
            place = page.Older;
            await AddAsync(contact.Id, Noon.AddHours(1), TimelineKinds.Note);
        } while (place is not null);

        Assert.Equal(before, [.. seen]);
        Assert.Equal(25, seen.Count);
    }

    [Fact]
    public async Task Reading_again_keeps_what_was_shown_and_adds_what_is_new()
    {
        var contact = await host.AddRecordAsync(RecordTypes.Contact, "Maria");
        for (var i = 0; i < 6; i++)
            await AddAsync(contact.Id, Noon.AddMinutes(-i), TimelineKinds.Email);
        await using var db = host.Db();
        var shown = await ReadTimeline.PageAsync(db, contact.Id, null, null, 4);

        await AddAsync(contact.Id, Noon.AddHours(1), TimelineKinds.Email);
        var again = await ReadTimeline.DownToAsync(db, contact.Id, null, TimelineCursor.Of(shown.Entries[^1]));

        Assert.Equal(5, again.Entries.Count);
        Assert.Equal(shown.Entries.Select(e => e.Id), again.Entries.Skip(1).Select(e => e.Id));
        Assert.Equal(shown.Older, again.Older);
    }

    [Fact]
    public async Task A_kind_shows_only_its_entries_and_its_own_end()
    {
        var contact = await host.AddRecordAsync(RecordTypes.Contact, "Maria");
        await AddAsync(contact.Id, Noon, TimelineKinds.Note);
        await AddAsync(contact.Id, Noon.AddMinutes(-1), TimelineKinds.Email);
        await using var db = host.Db();

        var notes = await ReadTimeline.PageAsync(db, contact.Id, TimelineKinds.Note, null, 1);

        Assert.Equal(TimelineKinds.Note, Assert.Single(notes.Entries).Kind);
        Assert.Null(notes.Older);
    }

    [Theory]
    [InlineData("Europe/Warsaw", 8)]
    [InlineData("UTC", 7)]
    [InlineData("America/New_York", 7)]
    public void A_mail_stands_in_the_month_of_the_viewers_zone(string zone, int month)
    {
        var late = new TimelineEntry
        {
            RecordId = 1,
            At = new DateTime(2026, 7, 31, 23, 30, 0, DateTimeKind.Utc),
            Kind = TimelineKinds.Email,
        };

        var months = TimelineMonths.Of([late], TimeZoneInfo.FindSystemTimeZoneById(zone));

        Assert.Equal(new DateOnly(2026, month, 1), Assert.Single(months).First);
    }

    async Task AddAsync(long recordId, DateTime at, string kind)
    {
        await using var db = host.Db();
        db.Timeline.Add(
            new TimelineEntry
            {
                RecordId = recordId,
                At = at,
                Kind = kind,
            }
        );
        await db.SaveChangesAsync();
    }
}
