using System.Collections.Concurrent;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Waybill.EndToEnd;

/// <summary>
/// Every page on a desk and on a phone, in light, dark and high contrast, in English and Polish: anyone can read and use it, nothing
/// scrolls sideways, no text is cut, nothing fails behind it.
/// Pictures of all of it are kept when WAYBILL_TEST_RESULTS names a folder.
/// </summary>
[Collection(nameof(BusyWaybill))]
public sealed class PagesTests(BusyWaybill waybill)
{
    public static TheoryData<string> Names => [.. Places.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_page_can_be_used_by_anyone_on_desk_and_phone_in_any_light_and_language(string name)
    {
        var place = Places.All[name];
        var page = await (await waybill.AtAsync(place.Who)).NewPageAsync();
        var faults = Faults.Of(page, place.Status);
        await page.GotoAsync(waybill.Server.Url + place.Path);
        await place.Show(page, Tongue.English);
        await Looks.AtAsync(page, name, Tongue.English, faults);
        if (!place.OnlyEnglish)
            await InPolishAsync(page, place, name, faults);
        await page.CloseAsync();
        Assert.True(faults.IsEmpty, string.Join(Environment.NewLine, faults));
    }

    async Task InPolishAsync(IPage page, Places.Place place, string name, ConcurrentQueue<string> faults)
    {
        await Tongue.Polish.SpeakAsync(page);
        try
        {
            await page.GotoAsync(waybill.Server.Url + place.Path);
            await place.Show(page, Tongue.Polish);
            await Looks.AtAsync(page, name, Tongue.Polish, faults);
        }
        finally
        {
            await Tongue.English.SpeakAsync(page);
        }
    }

    [Fact]
    public async Task The_pane_beside_a_mail_in_Outlook_and_the_page_that_connects_it_can_be_used_by_anyone()
    {
        await using var anna = await waybill.PersonAsync(BusyWaybill.Anna);
        var outlook = new OutlookWindow(await anna.NewPageAsync());
        var faults = Faults.Of(outlook.Page);
        await outlook.Page.GotoAsync($"{waybill.Server.SecureUrl}/demo/outlook");
        await outlook.ConnectAsync(approval => Looks.AtAsync(approval, "approve", Tongue.English, faults));
        await outlook.WriteAsync(BusyWaybill.Offer);
        await Looks.AtAsync(outlook.Page, "outlook", Tongue.English, faults, phoneToo: false);

        var settings = await anna.NewPageAsync();
        await settings.GotoAsync($"{waybill.Server.Url}/settings/me");
        await Tongue.Polish.SpeakAsync(settings);
        try
        {
            outlook.Tongue = Tongue.Polish;
            await outlook.Page.ReloadAsync();
            await outlook.WriteAsync(BusyWaybill.Offer);
            await Looks.AtAsync(outlook.Page, "outlook", Tongue.Polish, faults, phoneToo: false);
        }
        finally
        {
            await Tongue.English.SpeakAsync(settings);
        }
        Assert.True(faults.IsEmpty, string.Join(Environment.NewLine, faults));
    }

    [Fact]
    public async Task An_open_page_keeps_its_language_when_someone_of_another_language_changes_what_it_shows()
    {
        var polish = await (await waybill.AtAsync(BusyWaybill.Anna)).NewPageAsync();
        await polish.GotoAsync($"{waybill.Server.Url}/companies");
        await Tongue.Polish.SpeakAsync(polish);
        try
        {
            await polish.ReloadAsync();
            await Places.RecordAsync(polish, Tongue.Polish, "Contoso");
            var english = await (await waybill.AtAsync(BusyWaybill.Ada)).NewPageAsync();
            await english.GotoAsync(polish.Url);
            var note = english.GetByLabel("Note", new() { Exact = true });
            await Expect(note).ToBeEnabledAsync();
            await note.FillAsync("They moved to hall B.");
            await english.GetByRole(AriaRole.Button, new() { Name = "Save note" }).ClickAsync();
            await Expect(english.GetByText("They moved to hall B.")).ToBeVisibleAsync();
            await Expect(polish.GetByText("They moved to hall B.")).ToBeVisibleAsync();
            Assert.Empty(await Looks.StrangeAsync(polish.MainFrame, Tongue.Polish));
            Assert.Empty(await Looks.StrangeAsync(english.MainFrame, Tongue.English));
            await english.CloseAsync();
        }
        finally
        {
            await Tongue.English.SpeakAsync(polish);
            await polish.CloseAsync();
        }
    }

    [Fact]
    public async Task From_sign_in_to_a_mail_on_the_timeline_with_the_keyboard_alone()
    {
        await using var anna = await waybill.PersonAsync(null);
        var page = await anna.NewPageAsync();
        await page.GotoAsync($"{waybill.Server.Url}/feed");
        await Expect(page.GetByLabel("Email")).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync(BusyWaybill.Anna);
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.TypeAsync(waybill.Server.DemoPassword);
        await page.Keyboard.PressAsync("Enter");

        var row = page.GetByRole(AriaRole.Article).Filter(new() { HasText = BusyWaybill.Offer.Subject });
        var caret = row.GetByRole(AriaRole.Button, new() { Name = "1 click" });
        await Expect(caret).ToBeEnabledAsync();
        await TabToAsync(page, caret);
        await page.Keyboard.PressAsync("Enter");
        await TabToAsync(page, row.GetByRole(AriaRole.Link, new() { Name = "Open Maria Nowak’s record" }));
        await page.Keyboard.PressAsync("Enter");

        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Maria Nowak", Level = 1 })).ToBeVisibleAsync();
        await Expect(page.GetByLabel("Note", new() { Exact = true })).ToBeEnabledAsync();
        var mail = page.GetByRole(AriaRole.Article).Filter(new() { HasText = BusyWaybill.Offer.Subject });
        await TabToAsync(page, mail.GetByRole(AriaRole.Button, new() { Name = "Expand" }));
        await page.Keyboard.PressAsync("Enter");
        await Expect(mail.FrameLocator("iframe").GetByText("here is the offer")).ToBeVisibleAsync();
    }

    /// <summary>Presses Tab until the element has the focus, which every stop on the way must show.</summary>
    static async Task TabToAsync(IPage page, ILocator wanted)
    {
        await wanted.WaitForAsync(new() { State = WaitForSelectorState.Attached });
        var stops = new List<string>();
        for (var n = 0; n < 100; n++)
        {
            await page.Keyboard.PressAsync("Tab");
            if (await wanted.EvaluateAsync<bool>("e => e === document.activeElement"))
            {
                await Expect(wanted).ToBeInViewportAsync();
                return;
            }
            var stop = await page.EvaluateAsync<string>(
                """
                () => {
                    const e = document.activeElement, s = getComputedStyle(e);
                    const shown = s.outlineStyle !== 'none' || e === document.body || e.matches('input, textarea, iframe')
                        || [...e.querySelectorAll('*'), e.parentElement].some(c => getComputedStyle(c).outlineStyle !== 'none');
                    return (shown ? '' : 'NOT SHOWN ') + e.tagName + ' ' + (e.ariaLabel ?? e.innerText ?? '').slice(0, 40);
                }
                """
            );
            Assert.DoesNotContain("NOT SHOWN", stop, StringComparison.Ordinal);
            stops.Add(stop);
        }
        Assert.Fail("Tab never gets there. It stops at: " + string.Join(" | ", stops));
    }
}
