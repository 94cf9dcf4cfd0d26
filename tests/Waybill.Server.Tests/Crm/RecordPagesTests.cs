using System.Net;
using Microsoft.EntityFrameworkCore;
using Waybill.Server.Crm;

namespace Waybill.Server.Tests.Crm;

public sealed class RecordPagesTests(WaybillHost host) : IClassFixture<WaybillHost>
{
    [Theory]
    [InlineData("/contacts")]
    [InlineData("/contacts/1")]
    [InlineData("/deals/new")]
    [InlineData("/mail/1/body")]
    [InlineData("/mail/1/attachments/1/x.pdf")]
    public async Task Nobody_sees_records_without_signing_in(string path)
    {
        using var stranger = SignIn.Browser(host);

        using var answer = await stranger.GetAsync(path);

        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        Assert.Contains("/sign-in", answer.Headers.Location!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_record_page_shows_its_record_notes_and_related_records_before_any_script_runs()
    {
        var (user, browser) = await SignIn.AsNewUserAsync(host);
        var contact = await host.AddRecordAsync(
            RecordTypes.Contact,
            "Maria Nowak",
            c => c["jobtitle"] = "Head of purchasing"
        );
        var deal = await host.AddRecordAsync(
            RecordTypes.Deal,
            "Framework 2027",
            d => (d["amount"], d["deal_currency_code"]) = ("48000", "EUR")
        );
        await host.AssociateAsync(contact, deal);
        await using (var db = host.Db())
            await WriteNote.OnAsync(db, user, contact.Id, "<b>Adam</b> signs", DateTime.UnixEpoch.AddYears(56));

        var page = WebUtility.HtmlDecode(await browser.GetStringAsync($"/contacts/{contact.Id}"));

        Assert.Contains("Maria Nowak", page, StringComparison.Ordinal);
        Assert.Contains("Head of purchasing", page, StringComparison.Ordinal);
        Assert.Contains("Framework 2027", page, StringComparison.Ordinal);
        Assert.Contains("€48,000", page, StringComparison.Ordinal);
        Assert.Contains("Note by Anna Kowalska", page, StringComparison.Ordinal);
        var raw = await browser.GetStringAsync($"/contacts/{contact.Id}");
        Assert.DoesNotContain("<b>Adam</b>", raw, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_there_is_not_found()
    {
        var (_, browser) = await SignIn.AsNewUserAsync(host);
        var archived = await host.AddRecordAsync(RecordTypes.Contact, "Gone", c => c.Archived = true);
        var company = await host.AddRecordAsync(RecordTypes.Company, "Contoso");

        foreach (var path in new[] { $"/contacts/{archived.Id}", $"/contacts/{company.Id}", "/contacts/99999999" })
        {
            using var answer = await browser.GetAsync(path);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }
    }

    [Fact]
    public async Task A_contact_made_by_hand_joins_the_company_of_its_domain_and_a_second_one_is_refused()
    {
        var (user, browser) = await SignIn.AsNewUserAsync(host);
        var company = await host.AddRecordAsync(RecordTypes.Company, "Tailspin", c => c.Domain = "tailspin.test");

        using var made = await CreateAsync(browser, "Daniel@Tailspin.test");
        using var again = await CreateAsync(browser, "daniel@tailspin.test");

        Assert.Equal(HttpStatusCode.Found, made.StatusCode);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.Contains(
            "Another contact has this address.",
            await again.Content.ReadAsStringAsync(),
            StringComparison.Ordinal
        );
        await using var db = host.Db();
        var address = await db.ContactAddresses.SingleAsync(a => a.Address == "daniel@tailspin.test");
        var contact = await db.Records.SingleAsync(r => r.Id == address.ContactId);
        Assert.Equal((user.Id, "Daniel Reyes"), (contact.OwnerId, contact.Name));
        Assert.Equal(company.Id, (await WhereMailBelongs.PrimaryCompanyAsync(db, contact.Id))?.Id);
    }

    static async Task<HttpResponseMessage> CreateAsync(HttpClient browser, string address)
    {
        var form = await browser.GetStringAsync("/contacts/new");
        using var fields = new FormUrlEncodedContent(
            new Dictionary<string, string>
            {
                ["__RequestVerificationToken"] = SignIn.TokenOf(form),
                ["_handler"] = "new-record",
                ["email"] = address,
                ["firstname"] = "Daniel",
                ["lastname"] = "Reyes",
            }
        );
        return await browser.PostAsync("/contacts/new", fields);
    }
}
