using Waybill.Server.Crm;

namespace Waybill.Server.Tests.Crm;

public sealed class RecordListTests(WaybillHost host) : IClassFixture<WaybillHost>
{
    [Theory]
    [InlineData("100%", "100% Cotton")]
    [InlineData("under_score", "under_score")]
    [InlineData("łukasz", "Łukasz Żak")]
    [InlineData("COTTON", "100% Cotton")]
    [InlineData("zak@", "Łukasz Żak")]
    public async Task Search_takes_what_was_typed_by_its_letters(string typed, string expected)
    {
        var tag = Guid.NewGuid().ToString("n");
        foreach (var name in new[] { "100% Cotton", "1000 Cot", "under_score", "underXscore", "Łukasz Żak" })
            await host.AddRecordAsync(
                RecordTypes.Contact,
                name,
                c => c["email"] = name.StartsWith('Ł') ? $"zak@{tag}.test" : $"{Guid.NewGuid():n}@{tag}.test"
            );
        await using var db = host.Db();

        var page = await ReadRecordList.PageAsync(db, RecordQuery.From(RecordTypes.Contact, typed, null, 1));

        Assert.Equal([expected], page.Rows.Select(r => r.Record.Name).Distinct());
    }

    [Fact]
    public async Task A_list_goes_on_page_by_page_and_leaves_out_what_was_deleted()
    {
        for (var i = 0; i < 53; i++)
            await host.AddRecordAsync(RecordTypes.Ticket, $"Ticket {i:00}", t => t.Archived = i == 0);
        await using var db = host.Db();

        var first = await ReadRecordList.PageAsync(db, RecordQuery.From(RecordTypes.Ticket, null, null, null));
        var second = await ReadRecordList.PageAsync(db, RecordQuery.From(RecordTypes.Ticket, null, null, 2));

        Assert.Equal(52, first.Count);
        Assert.Equal("Ticket 01", first.Rows[0].Record.Name);
        Assert.Equal(["Ticket 51", "Ticket 52"], second.Rows.Select(r => r.Record.Name));
    }

    [Fact]
    public async Task A_row_shows_owner_primary_company_and_whether_it_may_be_tracked()
    {
        var owner = await host.AddUserAsync("owner@northwind.test", u => u.Name = "Anna Kowalska");
        await host.ChangeSettingsAsync(s => s.DataPrivacy = true);
        var contact = await host.AddRecordAsync(RecordTypes.Contact, "Quite Unique", c => c.OwnerId = owner.Id);
        await host.AssociateAsync(contact, await host.AddRecordAsync(RecordTypes.Company, "Aaa"));
        await host.AssociateAsync(contact, await host.AddRecordAsync(RecordTypes.Company, "Contoso"), primary: true);
        await using var db = host.Db();

        var row = Assert.Single(
            (await ReadRecordList.PageAsync(db, RecordQuery.From(RecordTypes.Contact, "quite unique", null, 1))).Rows
        );

        Assert.Equal(("Anna Kowalska", "Contoso"), (row.OwnerName, row.Company?.Name));
        Assert.Equal(TrackingEligibility.NoLegalBasis, row.Tracking);
    }
}
