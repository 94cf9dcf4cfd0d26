using Microsoft.EntityFrameworkCore;
using Waybill.Server.Crm;
using Waybill.Server.Timeline;

namespace Waybill.Server.Tests.Crm;

public sealed class NotesAndPinsTests(WaybillHost host) : IClassFixture<WaybillHost>
{
    static readonly DateTime Now = new(2026, 10, 15, 12, 0, 0, DateTimeKind.Utc);

    [Fact]
    public async Task A_note_stands_on_its_records_timeline_with_its_writer()
    {
        var user = await host.AddUserAsync("writer@northwind.test");
        var contact = await host.AddRecordAsync(RecordTypes.Contact, "Maria");

        var entry = await WriteAsync(user, contact.Id, " Prefers a call before ten. ");

        await using var db = host.Db();
        Assert.Equal(user.Id, entry.ActorId);
        var text = (await ReadNotes.OfAsync(db, [entry]))[entry.Id];
        Assert.Equal("Prefers a call before ten.", text);
        Assert.Equal(Now, (await db.Records.SingleAsync(r => r.Id == contact.Id)).LastActivityAt);
        Assert.Single(await db.RelatedTo(contact.Id, RecordTypes.Note).ToListAsync());
    }

    [Theory]
    [InlineData("   ", false, NoteOutcome.Empty)]
    [InlineData("Hello", true, NoteOutcome.NotAllowed)]
    public async Task A_note_that_cannot_be_written_leaves_nothing(string text, bool viewOnly, NoteOutcome expected)
    {
        var user = await host.AddUserAsync($"{Guid.NewGuid():n}@northwind.test", u => u.ViewOnly = viewOnly);
        var contact = await host.AddRecordAsync(RecordTypes.Contact, "Maria");
        await using var db = host.Db();

        Assert.Equal(expected, await WriteNote.OnAsync(db, user, contact.Id, text, Now));

        Assert.False(await db.Timeline.AnyAsync(e => e.RecordId == contact.Id));
    }

    [Fact]
    public async Task A_second_pin_takes_the_first_ones_place_and_unpinning_leaves_none()
    {
        var user = await host.AddUserAsync("pins@northwind.test");
        var contact = await host.AddRecordAsync(RecordTypes.Contact, "Maria");
        var first = await WriteAsync(user, contact.Id, "First");
        var second = await WriteAsync(user, contact.Id, "Second");
        await using var db = host.Db();

        Assert.Equal(PinOutcome.Done, await PinEntry.OnAsync(db, user, contact.Id, first.SubjectId!.Value));
        Assert.Equal(PinOutcome.Done, await PinEntry.OnAsync(db, user, contact.Id, second.SubjectId!.Value));
        Assert.Equal(second.SubjectId, await PinnedAsync(contact.Id));

        Assert.Equal(PinOutcome.Done, await PinEntry.OffAsync(db, user, contact.Id));
        Assert.Null(await PinnedAsync(contact.Id));
    }

    [Fact]
    public async Task What_stands_on_another_timeline_cannot_be_pinned_here()
    {
        var user = await host.AddUserAsync("elsewhere@northwind.test");
        var here = await host.AddRecordAsync(RecordTypes.Contact, "Maria");
        var there = await host.AddRecordAsync(RecordTypes.Contact, "Adam");
        var note = await WriteAsync(user, there.Id, "About Adam");
        await using var db = host.Db();

        Assert.Equal(PinOutcome.NotHere, await PinEntry.OnAsync(db, user, here.Id, note.SubjectId!.Value));
        Assert.Null(await PinnedAsync(here.Id));
    }

    async Task<TimelineEntry> WriteAsync(Server.Identity.User user, long record, string text)
    {
        await using var db = host.Db();
        Assert.Equal(NoteOutcome.Written, await WriteNote.OnAsync(db, user, record, text, Now));
        return (await ReadTimeline.PageAsync(db, record, TimelineKinds.Note, null, 1)).Entries[0];
    }

    async Task<long?> PinnedAsync(long record)
    {
        await using var db = host.Db();
        return (await db.Records.SingleAsync(r => r.Id == record)).PinnedId;
    }
}
