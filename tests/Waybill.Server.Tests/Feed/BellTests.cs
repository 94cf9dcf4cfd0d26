using Waybill.Server.Feed;
using Waybill.Server.Tracking;
using static Waybill.Server.Tests.Feed.FeedDb;

namespace Waybill.Server.Tests.Feed;

public sealed class BellTests : IAsyncLifetime
{
    readonly FeedDb _db = new();

    public ValueTask InitializeAsync() => _db.InitializeAsync();

    public ValueTask DisposeAsync() => _db.DisposeAsync();

    [Fact]
    public async Task The_bell_counts_what_people_did_with_my_mail_and_nothing_else()
    {
        var mine = await _db.SendAsync(Anna, "Offer", Noon, "lead@contoso.test");
        var other = await _db.SendAsync(Jan, "Offer", Noon, "lead@contoso.test");
        await _db.HitAsync(mine.Id, HitKind.Open, VerdictKind.Human, Noon.AddMinutes(1));
        await _db.HitAsync(mine.Id, HitKind.Click, VerdictKind.Unknowable, Noon.AddMinutes(2));
        await _db.HitAsync(mine.Id, HitKind.Open, VerdictKind.Machine, Noon.AddMinutes(3));
        await _db.HitAsync(other.Id, HitKind.Open, VerdictKind.Human, Noon.AddMinutes(4));
        await using var db = _db.Open();

        var bell = await ReadNotices.ReadAsync(db, Anna, Stop);

        Assert.Equal(2, bell.Unread);
        Assert.Equal(2, await ReadNotices.CountAsync(db, Anna, Stop));
        Assert.Equal([true, false], bell.Lines.Select(l => l.Click));
        Assert.All(bell.Lines, l => Assert.Equal(("lead@contoso.test", true), (l.Who, l.Unread)));
    }

    [Fact]
    public async Task Marking_as_read_reaches_to_what_was_shown_and_counts_what_comes_after_also_if_it_is_older()
    {
        var mail = await _db.SendAsync(Anna, "Offer", Noon, "lead@contoso.test");
        await _db.HitAsync(mail.Id, HitKind.Open, VerdictKind.Human, Noon.AddMinutes(10));
        await using var db = _db.Open();
        var shown = await ReadNotices.ReadAsync(db, Anna, Stop);
        // Held back by the spool: its time is before the one that was read.
        await _db.HitAsync(mail.Id, HitKind.Click, VerdictKind.Human, Noon.AddMinutes(5));

        await ReadNotices.MarkReadAsync(db, Anna, shown.UpTo, Noon.AddMinutes(11), Stop);

        var bell = await ReadNotices.ReadAsync(db, Anna, Stop);
        Assert.Equal(1, bell.Unread);
        Assert.Equal([(false, false), (true, true)], bell.Lines.Select(l => (l.Click, l.Unread)));
    }

    [Fact]
    public async Task A_marker_goes_neither_back_nor_beyond_what_has_happened_and_is_each_users_own()
    {
        var mail = await _db.SendAsync(Anna, "Offer", Noon, "lead@contoso.test");
        var hit = await _db.HitAsync(mail.Id, HitKind.Open, VerdictKind.Human, Noon);
        await using var db = _db.Open();

        await ReadNotices.MarkReadAsync(db, Anna, long.MaxValue, Noon, Stop);
        await ReadNotices.MarkReadAsync(db, Anna, -5, Noon, Stop);

        Assert.Equal(hit.Id, (await db.ReaderAsync(Anna, Stop)).ReadTo);
        Assert.Equal(0, (await db.ReaderAsync(Jan, Stop)).ReadTo);
        await _db.HitAsync(mail.Id, HitKind.Open, VerdictKind.Human, Noon.AddMinutes(1));
        Assert.Equal(1, await ReadNotices.CountAsync(db, Anna, Stop));
    }

    [Fact]
    public async Task Of_several_recipients_the_bell_names_none()
    {
        var mail = await _db.SendAsync(Anna, "Minutes", Noon, "a@x.test", "b@x.test");
        await _db.HitAsync(mail.Id, HitKind.Open, VerdictKind.Human, Noon);
        await using var db = _db.Open();

        Assert.Null((await ReadNotices.ReadAsync(db, Anna, Stop)).Lines[0].Who);
    }

    [Fact]
    public async Task First_steps_tick_themselves_off()
    {
        await using var db = _db.Open();
        Assert.Equal(new FirstStepsDone(false, false, false, false), await ReadFirstSteps.ReadAsync(db, Anna, Stop));

        await _db.SendAsync(Anna, "Not tracked", Noon, [], m => m.Track = false);
        Assert.False((await ReadFirstSteps.ReadAsync(db, Anna, Stop)).Sent);
        var mail = await _db.SendAsync(Anna, "First", Noon, "me@x.test");
        Assert.Equal(3, (await ReadFirstSteps.ReadAsync(db, Anna, Stop)).Now);
        await _db.HitAsync(mail.Id, HitKind.Open, VerdictKind.Machine, Noon);
        Assert.False((await ReadFirstSteps.ReadAsync(db, Anna, Stop)).Seen);
        await _db.HitAsync(mail.Id, HitKind.Open, VerdictKind.Unknowable, Noon);
        Assert.True((await ReadFirstSteps.ReadAsync(db, Anna, Stop)).All);

        await db.ChangeReaderAsync(Anna, r => r.FirstStepsHidden = true, Stop);
        Assert.True((await ReadFirstSteps.ReadAsync(db, Anna, Stop)).Hidden);
        Assert.False((await ReadFirstSteps.ReadAsync(db, Jan, Stop)).Hidden);
    }

    static CancellationToken Stop => TestContext.Current.CancellationToken;
}
