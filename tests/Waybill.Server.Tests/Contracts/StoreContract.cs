using Microsoft.EntityFrameworkCore;
using Waybill.Server.Crm;
using Waybill.Server.Identity;
using Waybill.Server.Settings;
using Waybill.Server.Timeline;

namespace Waybill.Server.Tests.Contracts;

public sealed class StoreOnSqlite(SqliteHost host) : StoreContract(host), IClassFixture<SqliteHost>;

public sealed class StoreOnPostgres(PostgresHost host) : StoreContract(host), IClassFixture<PostgresHost>;

/// <summary>What the code above may expect of a database: order, pages, conflicts, transactions.</summary>
public abstract class StoreContract(WaybillHost host)
{
    static readonly DateTime Noon = new(2026, 10, 15, 12, 0, 0, DateTimeKind.Utc);

    [Fact]
    public async Task Names_are_in_the_order_of_their_letters_codes()
    {
        string[] names = ["zz", "Zz", "a b", "a-b", "ab", "10", "9", "Żak", "żak", "ﬁn", "😀", "_x", "Éa", "E\u0301a"];
        foreach (var name in names)
            await host.AddRecordAsync(RecordTypes.Deal, name);
        await using var db = host.Db();

        var page = await ReadRecordList.PageAsync(db, RecordQuery.From(RecordTypes.Deal, null, null, null));

        Assert.Equal(
            ["10", "9", "E\u0301a", "Zz", "_x", "a b", "a-b", "ab", "zz", "Éa", "Żak", "żak", "ﬁn", "😀"],
            page.Rows.Select(r => r.Record.Name)
        );
    }

    [Fact]
    public async Task What_never_had_activity_stands_last()
    {
        await host.AddRecordAsync(RecordTypes.Company, "Never");
        await host.AddRecordAsync(RecordTypes.Company, "Older", c => c.LastActivityAt = Noon.AddDays(-1));
        await host.AddRecordAsync(RecordTypes.Company, "Newer", c => c.LastActivityAt = Noon);
        await using var db = host.Db();

        var page = await ReadRecordList.PageAsync(db, RecordQuery.From(RecordTypes.Company, null, "activity", null));

        Assert.Equal(["Newer", "Older", "Never"], page.Rows.Select(r => r.Record.Name));
    }

    [Fact]
    public async Task A_list_goes_on_page_by_page_and_is_searched_without_regard_to_case()
    {
        for (var i = 0; i < 53; i++)
            await host.AddRecordAsync(RecordTypes.Ticket, $"Ticket {i:00}");
        await using var db = host.Db();

        var second = await ReadRecordList.PageAsync(db, RecordQuery.From(RecordTypes.Ticket, "tICKET", null, 2));

        Assert.Equal(53, second.Count);
        Assert.Equal(["Ticket 50", "Ticket 51", "Ticket 52"], second.Rows.Select(r => r.Record.Name));
    }

    [Fact]
    public async Task A_timeline_is_read_page_by_page_with_nothing_twice_and_nothing_left_out()
    {
        var record = await host.AddRecordAsync(RecordTypes.Contact, "Maria");
        await using (var db = host.Db())
        {
            // Several share a time, and times are finer than PostgreSQL's microseconds.
            for (var i = 0; i < 25; i++)
                db.Timeline.Add(
                    new TimelineEntry
                    {
                        RecordId = record.Id,
                        At = Noon.AddTicks(i / 4 * 7),
                        Kind = TimelineKinds.Note,
                        Text = $"{i}",
                    }
                );
            await db.SaveChangesAsync();
        }

        var read = new List<TimelineEntry>();
        TimelineCursor? at = null;
        do
        {
            await using var db = host.Db();
            var page = await ReadTimeline.PageAsync(db, record.Id, null, at, 4);
            read.AddRange(page.Entries);
            at = page.Older;
        } while (at is not null);

        Assert.Equal(25, read.Select(e => e.Id).Distinct().Count());
        Assert.Equal(
            read.OrderByDescending(e => e.At).ThenByDescending(e => e.Id).Select(e => e.Id),
            read.Select(e => e.Id)
        );
        Assert.All(read, e => Assert.Equal(DateTimeKind.Utc, e.At.Kind));
    }

    [Fact]
    public async Task Text_of_strangers_is_kept_and_found_again()
    {
        var odd = $"{Guid.NewGuid():n}\0 and \uD800 half";
        await host.AddRecordAsync("task", odd, r => r["subject"] = odd);
        await using var db = host.Db();

        var found = await db.Records.AsNoTracking().Where(r => r.Name == odd).ToListAsync();
        var among = await db.Records.CountAsync(r => new[] { odd, "other" }.Contains(r.Name));

        Assert.StartsWith(odd[..32], Assert.Single(found).Name, StringComparison.Ordinal);
        Assert.Equal(1, among);
    }

    [Fact]
    public async Task Of_two_who_change_a_user_at_once_the_second_is_told()
    {
        var user = await host.AddUserAsync($"{Guid.NewGuid():n}@northwind.test");
        await using var one = host.Db();
        await using var other = host.Db();
        Change(await one.Users.SingleAsync(u => u.Id == user.Id), "One");
        Change(await other.Users.SingleAsync(u => u.Id == user.Id), "Other");

        await one.SaveChangesAsync();

        await Assert.ThrowsAsync<DbUpdateConcurrencyException>(() => other.SaveChangesAsync());

        static void Change(User user, string name) => (user.Name, user.ConcurrencyStamp) = (name, name);
    }

    [Fact]
    public async Task A_transaction_given_up_leaves_nothing()
    {
        var name = $"{Guid.NewGuid():n}";
        await using (var db = host.Db())
        {
            await using var transaction = await db.Database.BeginTransactionAsync();
            db.Records.Add(Task(name));
            await db.SaveChangesAsync();
            Assert.True(await db.Records.AnyAsync(r => r.Name == name));
        }

        await using var after = host.Db();
        Assert.False(await after.Records.AnyAsync(r => r.Name == name));
    }

    [Fact]
    public async Task A_transaction_goes_on_after_a_save_that_failed()
    {
        var address = $"{Guid.NewGuid():n}@contoso.test";
        var contact = await host.AddRecordAsync(RecordTypes.Contact, "Maria", c => c["email"] = address);
        await using var db = host.Db();
        await using var transaction = await db.Database.BeginTransactionAsync();
        db.ContactAddresses.Add(new ContactAddress { Address = address, ContactId = contact.Id });
        await Assert.ThrowsAsync<DbUpdateException>(() => db.SaveChangesAsync());
        db.ChangeTracker.Clear();
        db.Records.Add(Task(address));
        await db.SaveChangesAsync();
        await transaction.CommitAsync();

        await using var after = host.Db();
        Assert.True(await after.Records.AnyAsync(r => r.Name == address));
    }

    [Fact]
    public async Task Settings_are_kept_as_chosen()
    {
        await host.ChangeSettingsAsync(s => (s.OwnDomains, s.DataPrivacy) = (["b.test", "a.test"], true));
        await using var db = host.Db();

        var settings = await db.ReadSettingsAsync();

        Assert.Equal(["b.test", "a.test"], settings.OwnDomains);
        Assert.True(settings.DataPrivacy);
    }

    static Record Task(string name) =>
        new()
        {
            Type = "task",
            Name = name,
            CreatedAt = Noon,
            UpdatedAt = Noon,
        };
}
