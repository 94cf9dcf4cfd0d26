using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Waybill.EndToEnd;

/// <summary>What stands above every page: search, create, the bell.</summary>
[Collection(nameof(BusyWaybill))]
public sealed class ShellTests(BusyWaybill waybill)
{
    static readonly Draft Ping = new(
        "Sofia Lindqvist <sofia@fabrikam.test>",
        "Dates for the bell",
        "<p>Hello Sofia,</p><p>which date suits you?</p>"
    );

    [Fact]
    public async Task Slash_focuses_the_search_arrows_choose_Enter_opens_and_Escape_closes()
    {
        await using var anna = await waybill.PersonAsync(BusyWaybill.Anna);
        var page = await anna.NewPageAsync();
        await page.GotoAsync($"{waybill.Server.Url}/contacts");
        var box = page.GetByRole(AriaRole.Combobox, new() { Name = "Search people, companies and mail" });
        var list = page.GetByRole(AriaRole.Listbox);
        await Expect(box).ToBeVisibleAsync();

        await page.Keyboard.PressAsync("/");
        await Expect(box).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("zielin");
        await Expect(list.GetByRole(AriaRole.Option).First).ToContainTextAsync("Jan Zieliński");
        await Expect(box).ToHaveAttributeAsync("aria-expanded", "true");

        await page.Keyboard.PressAsync("Escape");
        await Expect(list).ToBeHiddenAsync();
        await Expect(box).ToBeFocusedAsync();
        await Expect(box).ToHaveValueAsync("zielin");

        await page.Keyboard.PressAsync("ArrowDown");
        await Expect(list).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("ArrowDown");
        var first = list.GetByRole(AriaRole.Option).First;
        await Expect(first).ToHaveAttributeAsync("aria-selected", "true");
        await Expect(box).ToHaveAttributeAsync("aria-activedescendant", (await first.GetAttributeAsync("id"))!);
        await page.Keyboard.PressAsync("ArrowDown");
        await Expect(first).ToHaveAttributeAsync("aria-selected", "false");
        await page.Keyboard.PressAsync("ArrowUp");
        await page.Keyboard.PressAsync("Enter");

        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Jan Zieliński", Level = 1 })).ToBeVisibleAsync();
        await Expect(list).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Enter_without_a_choice_opens_the_page_of_results_and_a_slash_in_a_text_stays_a_slash()
    {
        await using var anna = await waybill.PersonAsync(BusyWaybill.Anna);
        var page = await anna.NewPageAsync();
        await page.GotoAsync($"{waybill.Server.Url}/contacts");
        await page.GetByLabel("Search contacts").FillAsync("a");
        await page.Keyboard.PressAsync("/");
        await Expect(page.GetByLabel("Search contacts")).ToHaveValueAsync("a/");

        await page.GetByRole(AriaRole.Combobox).FillAsync("offer");
        await page.Keyboard.PressAsync("Enter");

        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Results for “offer”" })).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Main)
            .GetByRole(AriaRole.Link, new() { Name = BusyWaybill.Offer.Subject })
            .ClickAsync();
        // The first mail page of a fresh server is compiled while we wait.
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = BusyWaybill.Offer.Subject, Level = 1 }))
            .ToBeVisibleAsync(new() { Timeout = 20_000 });
        await Expect(page.GetByText("Associated records")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task An_open_rings_the_bell_on_an_open_page_and_marking_as_read_quiets_it_on_all_pages()
    {
        await using var anna = await waybill.PersonAsync(BusyWaybill.Anna);
        var page = await anna.NewPageAsync();
        await page.GotoAsync($"{waybill.Server.Url}/contacts");
        var bell = page.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^Notifications") });
        await bell.ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Mark all as read" }).ClickAsync();
        await Expect(bell).ToHaveAccessibleNameAsync("Notifications");
        await page.Keyboard.PressAsync("Escape");
        var other = await anna.NewPageAsync();
        await other.GotoAsync($"{waybill.Server.Url}/deals");
        var otherBell = other.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^Notifications") });
        await Expect(otherBell).ToHaveAccessibleNameAsync("Notifications");

        await waybill.Outlook.SendAsync(Ping);
        await using var reader = await waybill.Browser.NewPersonAsync();
        var inbox = await reader.NewPageAsync();
        await inbox.GotoAsync($"{waybill.Server.Url}/demo/inbox?to=sofia@fabrikam.test");
        await inbox.GetByRole(AriaRole.Link, new() { Name = Ping.Subject }).First.ClickAsync();

        await Expect(bell).ToHaveAccessibleNameAsync("Notifications, 1 new");
        await Expect(otherBell).ToHaveAccessibleNameAsync("Notifications, 1 new");
        await Expect(page).ToHaveTitleAsync(new Regex(@"^\(1\) Contacts"));
        await page.BringToFrontAsync();
        await bell.ClickAsync();
        var notice = page.GetByRole(AriaRole.Dialog, new() { Name = "Notifications" }).GetByRole(AriaRole.Link).First;
        await Expect(notice).ToContainTextAsync("Sofia Lindqvist opened Dates for the bell");
        await page.GetByRole(AriaRole.Button, new() { Name = "Mark all as read" }).ClickAsync();
        await Expect(bell).ToHaveAccessibleNameAsync("Notifications");
        await Expect(otherBell).ToHaveAccessibleNameAsync("Notifications");
        await Expect(page).ToHaveTitleAsync(new Regex("^Contacts"));
    }
}
