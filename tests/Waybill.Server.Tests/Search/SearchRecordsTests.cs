using Microsoft.EntityFrameworkCore;
using Waybill.Server.Crm;
using Waybill.Server.Identity;
using Waybill.Server.Logging;
using Waybill.Server.Search;
using Waybill.Server.Tracking;

namespace Waybill.Server.Tests.Search;

/// <summary>Through the real host: what is saved by the ordinary ways is found by the ordinary search.</summary>
public sealed class SearchRecordsTests(WaybillHost host) : IClassFixture<WaybillHost>
{
    static readonly DateTime Noon = new(2026, 10, 12, 12, 0, 0, DateTimeKind.Utc);

    [Theory]
    [InlineData("zielin")]
    [InlineData("ZIELIŃSKI")]
    [InlineData("jan ziel")]
    [InlineData("ziel jan")]
    [InlineData("jan.zielinski@litware.test")]
    [InlineData("litware jan")]
    public async Task A_contact_is_found_by_the_beginnings_of_name_and_address_without_diacritics(string text)
    {
        var jan = await ContactAsync("Jan Zieliński", "jan.zielinski@litware.test");

        Assert.Contains(jan.Id, await FoundAsync(RecordTypes.Contact, text));
    }

    [Theory]
    [InlineData("lodz")]
    [InlineData("Łód")]
    [InlineData("transport lodz")]
    [InlineData("lodz-transport.test")]
    public async Task A_company_is_found_by_name_and_domain(string text)
    {
        var company = await host.AddRecordAsync(
            RecordTypes.Company,
            "Łódź Transport",
            r => r.Domain = "lodz-transport.test"
        );

        Assert.Contains(company.Id, await FoundAsync(RecordTypes.Company, text));
    }

    [Fact]
    public async Task Who_has_the_address_comes_before_whose_name_begins_so_before_whose_words_fit()
    {
        var word = await ContactAsync("Ewa Maria Rank", "w@ranking.test");
        var begins = await ContactAsync("Maria@ranking.test Office", "b@ranking.test");
        var exact = await ContactAsync("Zofia", "maria@ranking.test");

        var found = await FoundAsync(RecordTypes.Contact, "maria@ranking.test");

        Assert.Equal([exact.Id, begins.Id], found.Take(2));
        Assert.Contains(word.Id, found);
    }

    [Fact]
    public async Task A_name_that_is_the_text_comes_first_then_one_that_begins_so()
    {
        var word = await host.AddRecordAsync(RecordTypes.Deal, "New Quorum");
        var begins = await host.AddRecordAsync(RecordTypes.Deal, "Quorum 2027");
        var is_ = await host.AddRecordAsync(RecordTypes.Deal, "Quorum");

        Assert.Equal([is_.Id, begins.Id, word.Id], await FoundAsync(RecordTypes.Deal, "quorum"));
    }

    [Fact]
    public async Task A_renamed_record_is_found_by_its_new_name_only_and_a_new_address_by_both()
    {
        var contact = await ContactAsync("Beata Stara", "beata@rename.test");
        await using (var db = host.Db())
        {
            var record = await db.Records.SingleAsync(r => r.Id == contact.Id);
            record.Name = "Beata Nowsza";
            db.ContactAddresses.Add(new ContactAddress { Address = "second@rename.test", ContactId = contact.Id });
            await db.SaveChangesAsync();
        }

        Assert.Contains(contact.Id, await FoundAsync(RecordTypes.Contact, "nowsza"));
        Assert.Contains(contact.Id, await FoundAsync(RecordTypes.Contact, "second@rename.test"));
        Assert.Contains(contact.Id, await FoundAsync(RecordTypes.Contact, "rename second"));
        Assert.DoesNotContain(contact.Id, await FoundAsync(RecordTypes.Contact, "stara"));
    }

    [Fact]
    public async Task What_was_archived_is_not_found_by_any_way()
    {
        var gone = await ContactAsync("Archibald Gone", "archibald@gone.test");
        await using (var db = host.Db())
            await db.Records.Where(r => r.Id == gone.Id).ExecuteUpdateAsync(s => s.SetProperty(r => r.Archived, true));

        foreach (var text in new[] { "archibald", "gone", "archibald@gone.test", "gone archi" })
            Assert.Empty(await FoundAsync(RecordTypes.Contact, text));
    }

    [Fact]
    public async Task What_was_deleted_leaves_nothing_behind()
    {
        var gone = await host.AddRecordAsync(RecordTypes.Ticket, "Vanishing pallet");
        await using var db = host.Db();
        await db.Records.Where(r => r.Id == gone.Id).ExecuteDeleteAsync();

        Assert.Empty(await FoundAsync(RecordTypes.Ticket, "vanishing"));
        Assert.False(await db.SearchEntries.AnyAsync(e => e.RecordId == gone.Id));
        // FTS5's own check: every row of the index is one of the table's.
        if (db.Database.IsSqlite())
            await db.Database.ExecuteSqlRawAsync(
                "INSERT INTO search_words(search_words, rank) VALUES ('integrity-check', 1)",
                Stop
            );
    }

    [Fact]
    public async Task A_save_that_is_rolled_back_is_not_found()
    {
        await using (var db = host.Db())
        {
            await using var all = await db.Database.BeginTransactionAsync(Stop);
            db.Records.Add(New(RecordTypes.Deal, "Rolledback framework"));
            await db.SaveChangesAsync(Stop);
            await all.RollbackAsync(Stop);
        }

        Assert.Empty(await FoundAsync(RecordTypes.Deal, "rolledback"));
    }

    [Fact]
    public async Task What_was_written_past_us_is_found_after_the_next_round()
    {
        await using var db = host.Db();
        await db.Database.ExecuteSqlRawAsync(
            """
            INSERT INTO records (type, name, created_at, updated_at, closed, archived, props)
            VALUES ('company', 'Bulkimport Żyrardów', '2026-01-01', '2026-01-01', false, false, '{{}}')
            """,
            Stop
        );
        Assert.Empty(await FoundAsync(RecordTypes.Company, "bulkimport"));

        while (await FillIndex.BatchAsync(db, Stop) > 0)
            db.ChangeTracker.Clear();

        Assert.Single(await FoundAsync(RecordTypes.Company, "zyrardow bulk"));
    }

    [Theory]
    [InlineData("\"")]
    [InlineData("*")]
    [InlineData("a\" OR \"b")]
    [InlineData("NEAR(a b, 2)")]
    [InlineData("area : contact")]
    [InlineData("^jan -zielinski + {x} (")]
    [InlineData("'; DROP TABLE records; --")]
    [InlineData("%_\\")]
    [InlineData("AND OR NOT")]
    [InlineData("\0\u0001 \ud83d x")]
    [InlineData("😀 👩‍👩‍👧")]
    public async Task What_a_stranger_asks_is_words_and_nothing_else(string text)
    {
        var user = await UserAsync();
        await using var db = host.Db();

        Assert.NotNull(await SearchRecords.FindAsync(db, user.Id, text, 5, Stop));
        Assert.NotNull(
            await SearchRecords.FindAsync(db, user.Id, string.Concat(Enumerable.Repeat(text + " ", 5000)), 5, Stop)
        );
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("--")]
    [InlineData(null)]
    public async Task Nothing_asked_is_nothing_found(string? text)
    {
        await using var db = host.Db();

        Assert.Empty(await SearchRecords.FindAsync(db, 1, text, 5, Stop));
    }

    [Fact]
    public async Task Mail_that_is_not_logged_is_found_by_its_sender_alone_and_only_once_it_has_left()
    {
        var (anna, jan) = (await UserAsync(), await UserAsync());
        var mail = await SentAsync(anna, "Confidential umbrella", SendState.Draft);
        Assert.Empty(await FoundAsync(SearchAreas.Mail, "umbrella", anna));

        await using (var db = host.Db())
        {
            (await db.TrackedEmails.SingleAsync(m => m.Id == mail.Id, Stop)).State = SendState.Sent;
            await db.SaveChangesAsync(Stop);
        }

        Assert.Equal([mail.Id], await FoundAsync(SearchAreas.Mail, "umbrella", anna));
        Assert.Equal([mail.Id], await FoundAsync(SearchAreas.Mail, "umbrella reader", anna));
        Assert.Empty(await FoundAsync(SearchAreas.Mail, "umbrella", jan));
    }

    [Fact]
    public async Task A_mail_that_is_logged_is_found_once_and_by_everyone_until_it_is_archived()
    {
        var (anna, jan) = (await UserAsync(), await UserAsync());
        var sent = await SentAsync(anna, "Schedule for Gdańsk", SendState.Sent);
        long record;
        await using (var db = host.Db())
        {
            var email = New(RecordTypes.Email, "Schedule for Gdańsk");
            db.Records.Add(email);
            await db.SaveChangesAsync(Stop);
            record = email.Id;
            db.LoggedEmails.Add(Logged(record, anna, "Schedule for Gdańsk"));
            (await db.TrackedEmails.SingleAsync(m => m.Id == sent.Id, Stop)).LoggedRecordId = record;
            await db.SaveChangesAsync(Stop);
        }

        Assert.Equal([record], await FoundAsync(SearchAreas.Mail, "gdansk sched", anna));
        Assert.Equal([record], await FoundAsync(SearchAreas.Mail, "schedule wilk", jan));
        await using (var db = host.Db())
            await db.Records.Where(r => r.Id == record).ExecuteUpdateAsync(s => s.SetProperty(r => r.Archived, true));
        Assert.Empty(await FoundAsync(SearchAreas.Mail, "gdansk sched", jan));
    }

    [Fact]
    public async Task The_index_is_made_again_when_a_trigger_is_missing()
    {
        await using var db = host.Db();
        Assert.SkipUnless(db.Database.IsSqlite(), "PostgreSQL needs no triggers here.");
        await db.Database.ExecuteSqlRawAsync("DROP TRIGGER search_entries_inserted", Stop);
        var missed = await host.AddRecordAsync(RecordTypes.Deal, "The untriggered wonder");
        Assert.Empty(await FoundAsync(RecordTypes.Deal, "wonder"));

        await SearchIndex.CreateAsync(db, Stop);

        Assert.Equal([missed.Id], await FoundAsync(RecordTypes.Deal, "wonder"));
    }

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Rows of one table of tests share the database; an address belongs to one contact.</summary>
    async Task<Record> ContactAsync(string name, string address)
    {
        await using (var db = host.Db())
            if (await db.ContactAddresses.SingleOrDefaultAsync(a => a.Address == address, Stop) is { } there)
                return await db.Records.SingleAsync(r => r.Id == there.ContactId, Stop);
        return await host.AddRecordAsync(RecordTypes.Contact, name, r => r["email"] = address);
    }

    Task<User> UserAsync() => host.AddUserAsync($"{Guid.NewGuid():n}@northwind.test");

    async Task<List<long>> FoundAsync(string area, string text, User? user = null)
    {
        await using var db = host.Db();
        var groups = await SearchRecords.FindAsync(db, user?.Id ?? 0, text, 10, Stop);
        return [.. groups.Where(g => g.Area == area).SelectMany(g => g.Hits).Select(h => h.Id)];
    }

    async Task<TrackedEmail> SentAsync(User user, string subject, SendState state)
    {
        await using var db = host.Db();
        var mail = new TrackedEmail
        {
            UserId = user.Id,
            CreatedAt = Noon,
            Subject = subject,
            State = state,
            SentAt = Noon,
            LastEventAt = Noon,
        };
        mail.Recipients.Add(new TrackedRecipient { Kind = "to", Address = "reader@contoso.test" });
        db.Add(mail);
        await db.SaveChangesAsync(Stop);
        return mail;
    }

    static Record New(string type, string name) =>
        new()
        {
            Type = type,
            Name = name,
            CreatedAt = Noon,
            UpdatedAt = Noon,
        };

    static LoggedEmail Logged(long record, User user, string subject) =>
        new()
        {
            RecordId = record,
            MessageId = $"{Guid.NewGuid():n}@northwind.test",
            ThreadId = "t",
            From = new MailPerson("Anna Kowalska", "anna@northwind.test"),
            To = [new MailPerson("Adam Wilk", "adam.wilk@contoso.test")],
            Subject = subject,
            SentAt = Noon,
            ReceivedAt = Noon,
            Preview = "",
            RawBlob = "",
            LoggedById = user.Id,
            Via = "bcc",
        };
}
