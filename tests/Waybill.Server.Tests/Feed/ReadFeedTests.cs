using Waybill.Server.Crm;
using Waybill.Server.Feed;
using Waybill.Server.Tracking;
using Waybill.Server.Ui;
using static Waybill.Server.Tests.Feed.FeedDb;

namespace Waybill.Server.Tests.Feed;

public sealed class ReadFeedTests : IAsyncLifetime
{
    static readonly FeedFilter Everything = new();
    readonly FeedDb _db = new();

    public ValueTask InitializeAsync() => _db.InitializeAsync();

    public ValueTask DisposeAsync() => _db.DisposeAsync();

    [Fact]
    public async Task Nobody_sees_anothers_mail_not_even_a_super_admin()
    {
        var mail = await _db.SendAsync(Anna, "Offer for Q4", Noon, "lead@contoso.test");
        await using var db = _db.Open();

        foreach (var other in (long[])[Jan, Admin])
        {
            Assert.Empty((await ReadFeed.PageAsync(db, other, Everything)).Rows);
            Assert.Null(await ReadFeed.RowAsync(db, other, mail.Id, Everything));
            Assert.Null(await ReadMailHistory.ReadAsync(db, other, mail.Id));
            Assert.False(await ReadFeed.AnyAsync(db, other));
        }
        Assert.Single((await ReadFeed.PageAsync(db, Anna, Everything)).Rows);
    }

    [Fact]
    public async Task What_has_not_left_is_not_in_the_feed()
    {
        await _db.SendAsync(Anna, "Half written", Noon, [], mail => mail.State = SendState.Draft);

        Assert.Empty(await RowsAsync(Everything));
    }

    [Fact]
    public async Task A_sent_mail_names_its_recipient_as_the_contact_is_named()
    {
        var maria = await _db.AddAsync(RecordTypes.Contact, "Maria Nowak");
        var contoso = await _db.AddAsync(RecordTypes.Company, "Contoso");
        await using (var db = _db.Open())
        {
            db.Add(
                new Association
                {
                    FromId = maria.Id,
                    ToId = contoso.Id,
                    ToType = RecordTypes.Company,
                    Primary = true,
                }
            );
            await db.SaveChangesAsync();
        }
        await _db.SendAsync(
            Anna,
            "Offer for Q4",
            Noon,
            [
                new TrackedRecipient
                {
                    Kind = "to",
                    Address = "lead@contoso.test",
                    Name = "M. N.",
                    ContactId = maria.Id,
                },
            ]
        );

        var row = Assert.Single(await RowsAsync(Everything));

        Assert.Equal(FeedState.Sent, row.State);
        Assert.Equal("Offer for Q4", row.Subject);
        Assert.Equal(new FeedPerson("Maria Nowak", "lead@contoso.test", maria.Id, "Contoso"), row.OnlyPerson);
    }

    [Theory]
    [InlineData("", "new@fabrikam.test", "new@fabrikam.test")]
    [InlineData("Sofia", "new@fabrikam.test", "Sofia")]
    public async Task A_recipient_who_is_no_contact_is_named_as_the_mail_did(string name, string address, string shown)
    {
        TrackedRecipient to = new()
        {
            Kind = "to",
            Address = address,
            Name = name,
        };
        await _db.SendAsync(Anna, "Hello", Noon, [to]);

        Assert.Equal(shown, (await RowsAsync(Everything))[0].OnlyPerson!.Name);
    }

    [Theory]
    [InlineData("", FeedState.Sent, null)]
    [InlineData("machine open", FeedState.Sent, null)]
    [InlineData("machine click", FeedState.Sent, null)]
    [InlineData("unknowable open", FeedState.Opened, HowSure.CannotTell)]
    [InlineData("human open, unknowable open", FeedState.Opened, HowSure.Person)]
    [InlineData("human open, machine click", FeedState.Opened, HowSure.Person)]
    [InlineData("human open, unknowable click", FeedState.Clicked, HowSure.CannotTell)]
    [InlineData("human click", FeedState.Clicked, HowSure.Person)]
    public async Task A_mail_is_what_a_person_may_have_done_with_it(string hits, FeedState state, HowSure? sure)
    {
        var mail = await _db.SendAsync(Anna, "Offer", Noon, "lead@contoso.test");
        foreach (var hit in hits.Split(", ", StringSplitOptions.RemoveEmptyEntries))
        {
            var words = hit.Split(' ');
            await _db.HitAsync(
                mail.Id,
                Enum.Parse<HitKind>(words[1], ignoreCase: true),
                Enum.Parse<VerdictKind>(words[0], ignoreCase: true),
                Noon.AddHours(1)
            );
        }

        var row = Assert.Single(await RowsAsync(Everything));

        Assert.Equal(state, row.State);
        Assert.Equal(sure, row.Verdict?.Sure);
    }

    [Fact]
    public async Task Automatic_hits_are_counted_beside_the_others()
    {
        var mail = await _db.SendAsync(Anna, "Offer", Noon, "lead@contoso.test");
        await _db.HitAsync(mail.Id, HitKind.Open, VerdictKind.Machine, Noon);
        await _db.HitAsync(mail.Id, HitKind.Open, VerdictKind.Machine, Noon);
        await _db.HitAsync(mail.Id, HitKind.Click, VerdictKind.Machine, Noon);
        await _db.HitAsync(mail.Id, HitKind.Open, VerdictKind.Human, Noon);

        var row = Assert.Single(await RowsAsync(Everything));

        Assert.Equal((1, 0, 2, 1), (row.Opens, row.Clicks, row.AutomaticOpens, row.AutomaticClicks));
    }

    [Fact]
    public async Task Of_several_recipients_it_is_not_claimed_who_opened()
    {
        var mail = await _db.SendAsync(Anna, "Minutes", Noon, "a@x.test", "b@x.test", "c@x.test", "d@x.test");
        await _db.HitAsync(mail.Id, HitKind.Open, VerdictKind.Human, Noon);

        var row = Assert.Single(await RowsAsync(Everything));

        Assert.Null(row.OnlyPerson);
        Assert.Equal(4, row.PeopleCount);
    }

    [Fact]
    public async Task Paging_shows_every_mail_once_newest_event_first_also_where_times_are_equal()
    {
        for (var i = 0; i < (2 * ReadFeed.PageSize) + 7; i++)
            await _db.SendAsync(Anna, $"Mail {i}", Noon.AddMinutes(i / 3), "lead@contoso.test");

        var rows = await RowsAsync(Everything);

        Assert.Equal((2 * ReadFeed.PageSize) + 7, rows.Select(r => r.MailId).Distinct().Count());
        Assert.Equal(rows.OrderByDescending(r => r.At).ThenByDescending(r => r.MailId), rows);
    }

    [Fact]
    public async Task A_page_of_exactly_the_size_has_nothing_after_it()
    {
        for (var i = 0; i < ReadFeed.PageSize; i++)
            await _db.SendAsync(Anna, $"Mail {i}", Noon.AddMinutes(i), "lead@contoso.test");
        await using var db = _db.Open();

        Assert.Null((await ReadFeed.PageAsync(db, Anna, Everything)).Next);
    }

    [Fact]
    public async Task An_open_between_two_pages_neither_repeats_nor_hides_a_mail()
    {
        for (var i = 0; i < ReadFeed.PageSize + 5; i++)
            await _db.SendAsync(Anna, $"Mail {i}", Noon.AddMinutes(i), "lead@contoso.test");
        await using var db = _db.Open();
        var first = await ReadFeed.PageAsync(db, Anna, Everything);

        await _db.HitAsync(first.Rows[^1].MailId, HitKind.Open, VerdictKind.Human, Noon.AddDays(1));
        var second = await ReadFeed.PageAsync(db, Anna, Everything, first.Next);

        Assert.Equal(5, second.Rows.Count);
        Assert.Empty(second.Rows.Select(r => r.MailId).Intersect(first.Rows.Select(r => r.MailId)));
    }

    [Fact]
    public async Task Each_mail_answers_to_the_filter_of_the_state_it_shows_and_to_no_other()
    {
        await _db.SendAsync(Anna, "sent", Noon, "a@x.test");
        await _db.SendAsync(Anna, "refused", Noon, [], mail => mail.WhyNotTracked = "No legal basis.");
        await _db.SendAsync(Anna, "unasked", Noon, [], mail => mail.Track = false);
        var opened = await _db.SendAsync(Anna, "opened", Noon, "a@x.test");
        await _db.HitAsync(opened.Id, HitKind.Open, VerdictKind.Human, Noon);
        var clicked = await _db.SendAsync(Anna, "clicked", Noon, "a@x.test");
        await _db.HitAsync(clicked.Id, HitKind.Open, VerdictKind.Human, Noon);
        await _db.HitAsync(clicked.Id, HitKind.Click, VerdictKind.Human, Noon);

        var all = await RowsAsync(Everything);
        foreach (var state in Enum.GetValues<FeedState>())
            Assert.Equal(
                all.Where(r => r.State == state).Select(r => r.Subject),
                (await RowsAsync(new FeedFilter(state))).Select(r => r.Subject)
            );
        Assert.Equal(2, all.Count(r => r.State is FeedState.NotTracked));
    }

    [Theory]
    [InlineData("offer", true)]
    [InlineData("OFFER", true)]
    [InlineData("contoso.test", true)]
    [InlineData("maria", true)]
    [InlineData("  q4 ", true)]
    [InlineData("%", false)]
    [InlineData("fabrikam", false)]
    public async Task Search_looks_at_subject_and_recipients(string text, bool found)
    {
        var maria = await _db.AddAsync(RecordTypes.Contact, "Maria Nowak");
        TrackedRecipient to = new()
        {
            Kind = "to",
            Address = "lead@contoso.test",
            ContactId = maria.Id,
        };
        await _db.SendAsync(Anna, "Offer for Q4", Noon, [to]);

        Assert.Equal(found, (await RowsAsync(new FeedFilter(Text: text))).Count == 1);
    }

    async Task<List<FeedRow>> RowsAsync(FeedFilter filter)
    {
        await using var db = _db.Open();
        List<FeedRow> rows = [];
        FeedCursor? after = null;
        do
        {
            var page = await ReadFeed.PageAsync(db, Anna, filter, after);
            rows.AddRange(page.Rows);
            after = page.Next;
        } while (after is not null);
        return rows;
    }
}
