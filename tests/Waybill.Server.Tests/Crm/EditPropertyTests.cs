using Microsoft.EntityFrameworkCore;
using Waybill.Server.Crm;
using Waybill.Server.Identity;

namespace Waybill.Server.Tests.Crm;

public sealed class EditPropertyTests(WaybillHost host) : IClassFixture<WaybillHost>
{
    static readonly DateTime Now = new(2026, 10, 15, 12, 0, 0, DateTimeKind.Utc);

    [Theory]
    [InlineData(
        "contact",
        "hs_legal_basis",
        "Legitimate interest – existing customer",
        EditOutcome.Saved,
        "Legitimate interest – existing customer"
    )]
    [InlineData("contact", "hs_legal_basis", "Legitimate interest - existing customer", EditOutcome.NotAChoice, "")]
    [InlineData("contact", "hs_legal_basis", "", EditOutcome.Saved, "")]
    [InlineData("contact", "email", " Lead@Contoso.TEST ", EditOutcome.Saved, "lead@contoso.test")]
    [InlineData("contact", "email", "lead", EditOutcome.NotAnAddress, "")]
    [InlineData("contact", "email", "", EditOutcome.Required, "")]
    [InlineData("contact", "nothing", "x", EditOutcome.NoSuchProperty, "")]
    [InlineData("company", "domain", "https://www.Contoso.test/about", EditOutcome.Saved, "contoso.test")]
    [InlineData("company", "domain", "Poznań.example", EditOutcome.Saved, "xn--pozna-07a.example")]
    [InlineData("company", "domain", "not a domain", EditOutcome.NotADomain, "")]
    [InlineData("deal", "amount", "48,000.50", EditOutcome.Saved, "48000.5")]
    [InlineData("deal", "amount", "1 900,50", EditOutcome.Saved, "1900.5")]
    [InlineData("deal", "amount", "1,900", EditOutcome.Saved, "1900")]
    [InlineData("deal", "amount", "12,34,56", EditOutcome.NotANumber, "")]
    [InlineData("deal", "amount", "-5", EditOutcome.NotANumber, "")]
    [InlineData("deal", "amount", "lots", EditOutcome.NotANumber, "")]
    [InlineData("deal", "closedate", "2026-11-30", EditOutcome.Saved, "2026-11-30")]
    [InlineData("deal", "closedate", "30/11/2026", EditOutcome.NotADate, "")]
    public void A_value_is_checked_and_brought_into_its_form(
        string type,
        string property,
        string value,
        EditOutcome outcome,
        string stored
    ) => Assert.Equal((outcome, stored), EditProperty.Check(type, property, value));

    [Theory]
    [InlineData("48000", "EUR", "en", "€48,000")]
    [InlineData("1900.5", "USD", "en", "$1,900.50")]
    [InlineData("73000", "PLN", "en", "73,000\u00a0zł")]
    [InlineData("73000", null, "en", "73,000")]
    [InlineData("a lot", "EUR", "en", "a lot")]
    [InlineData(null, "EUR", "en", "")]
    public void Money_reads_as_people_write_it(string? stored, string? currency, string culture, string shown) =>
        Assert.Equal(shown, Money.Show(stored, currency, new System.Globalization.CultureInfo(culture)));

    [Fact]
    public async Task A_new_address_finds_the_contact_and_the_old_one_still_does()
    {
        var (user, contact) = await WithContactAsync("old@contoso.test");

        Assert.Equal(EditOutcome.Saved, await SaveAsync(user, contact, "email", "new@contoso.test"));

        await using var db = host.Db();
        var addresses = await db.ContactAddresses.Where(a => a.ContactId == contact).ToListAsync();
        Assert.Equal("new@contoso.test", addresses.Single(a => a.Primary).Address);
        Assert.Contains(addresses, a => a.Address == "old@contoso.test");
    }

    [Fact]
    public async Task An_address_of_another_contact_is_refused()
    {
        await WithContactAsync("taken@contoso.test");
        var (user, contact) = await WithContactAsync("mine@contoso.test");

        Assert.Equal(EditOutcome.AddressTaken, await SaveAsync(user, contact, "email", "taken@contoso.test"));

        await using var db = host.Db();
        Assert.Equal("mine@contoso.test", (await db.Records.SingleAsync(r => r.Id == contact))["email"]);
    }

    [Fact]
    public async Task A_name_and_an_end_stage_change_what_is_sorted_and_looked_up()
    {
        var (user, contact) = await WithContactAsync("maria@contoso.test");
        var deal = await host.AddRecordAsync(RecordTypes.Deal, "Framework", d => d["dealname"] = "Framework");

        await SaveAsync(user, contact, "firstname", "Maria");
        await SaveAsync(user, contact, "lastname", "Nowak");
        await SaveAsync(user, deal.Id, "dealstage", "closedwon");

        await using var db = host.Db();
        var maria = await db.Records.SingleAsync(r => r.Id == contact);
        Assert.Equal("Maria Nowak", maria.Name);
        Assert.Equal(Now, maria.UpdatedAt);
        Assert.True((await db.Records.SingleAsync(r => r.Id == deal.Id)).Closed);
    }

    [Fact]
    public async Task Who_may_only_read_changes_nothing()
    {
        var (_, contact) = await WithContactAsync("ewa@contoso.test");
        var reader = await host.AddUserAsync("reader@northwind.test", u => u.ViewOnly = true);

        Assert.Equal(EditOutcome.NotAllowed, await SaveAsync(reader, contact, "firstname", "Eve"));
    }

    async Task<EditOutcome> SaveAsync(User user, long record, string property, string value)
    {
        await using var db = host.Db();
        return await EditProperty.SaveAsync(db, user, record, property, value, Now);
    }

    async Task<(User, long)> WithContactAsync(string address)
    {
        var user = await host.AddUserAsync($"{Guid.NewGuid():n}@northwind.test");
        return (user, (await host.AddRecordAsync(RecordTypes.Contact, address, c => c["email"] = address)).Id);
    }
}
