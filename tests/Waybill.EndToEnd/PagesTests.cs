using System.Collections.Concurrent;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Waybill.EndToEnd;

/// <summary>
/// Every page on a desk and on a phone, in light, dark and high contrast, in English and Polish: anyone can read and use it, nothing
/// scrolls sideways, no text is cut, nothing fails behind it.
/// Pictures of all of it are kept when WAYBILL_TEST_RESULTS names a folder.
/// </summary>
public sealed class PagesTests(BusyWaybill waybill) : IClassFixture<BusyWaybill>
{
    sealed record Place(string Path, string? Who = BusyWaybill.Anna)
    {
        /// <summary>Makes the page show what it is looked at for; ends when that is there.</summary>
        public Func<IPage, Tongue, Task> Show { get; init; } = (_, _) => Task.CompletedTask;
        public bool OnlyEnglish { get; init; }
        public int Status { get; init; } = 200;
    }

    static readonly Dictionary<string, Place> Places = new()
    {
        ["sign-in"] = new("/sign-in", null),
        ["feed"] = new("/feed") { Show = UnfoldAsync },
        ["feed-nothing-matches"] = new("/feed") { Show = MatchNothingAsync },
        ["feed-first-run"] = new("/feed", BusyWaybill.Filip)
        {
            Show = (p, t) => SeeAsync(p, t, "See your first open in three steps"),
        },
        ["feed-first-steps"] = new("/feed/first-steps", BusyWaybill.Filip),
        ["search"] = new("/search?q=contoso"),
        ["search-nothing-found"] = new("/search?q=zzz"),
        ["search-box"] = new("/deals") { Show = SearchAsync },
        ["create-menu"] = new("/deals") { Show = (p, t) => OpenMenuAsync(p, t, "Create") },
        ["user-menu"] = new("/deals") { Show = (p, t) => OpenMenuAsync(p, t, "{0}: your account", "Anna Kowalska") },
        ["bell"] = new("/deals") { Show = BellAsync },
        ["bell-empty"] = new("/deals", BusyWaybill.Filip) { Show = (p, t) => OpenMenuAsync(p, t, "Notifications") },
        ["mail"] = new("/mail"),
        ["mail-none"] = new("/mail", BusyWaybill.Filip),
        ["mail-sent"] = new("/mail") { Show = MailAsync },
        ["contacts"] = new("/contacts"),
        ["contacts-nothing-found"] = new("/contacts?q=zzz"),
        ["contact"] = new("/contacts") { Show = (p, t) => ExpandAsync(p, t, "Maria Nowak") },
        ["contact-not-tracked"] = new("/contacts") { Show = NotTrackedAsync },
        ["contact-new"] = new("/contacts/new"),
        ["companies"] = new("/companies"),
        ["company"] = new("/companies") { Show = (p, t) => RecordAsync(p, t, "Contoso") },
        ["deals"] = new("/deals"),
        ["deal"] = new("/deals") { Show = (p, t) => RecordAsync(p, t, "Framework 2027") },
        ["tickets"] = new("/tickets"),
        ["ticket"] = new("/tickets") { Show = (p, t) => RecordAsync(p, t, "Damaged pallet, order 8812") },
        ["settings-me"] = new("/settings/me", BusyWaybill.Ada),
        ["settings-log-and-track"] = new("/settings/email-log-and-track", BusyWaybill.Ada),
        ["settings-log-and-track-user"] = new("/settings/email-log-and-track"),
        ["settings-privacy"] = new("/settings/privacy", BusyWaybill.Ada),
        ["settings-privacy-user"] = new("/settings/privacy"),
        ["settings-not-logged"] = new("/settings/not-logged", BusyWaybill.Ada)
        {
            Show = (p, t) => SeeAsync(p, t, "Who reads this address?"),
        },
        ["settings-not-logged-user"] = new("/settings/not-logged") { Status = 403 },
        ["settings-connected-apps"] = new("/settings/connected-apps"),
        ["settings-connected-apps-none"] = new("/settings/connected-apps", BusyWaybill.Filip),
        ["approve-ask"] = new("/connect/approve"),
        ["demo-inbox"] = new("/demo/inbox", null) { Show = OpenLetterAsync, OnlyEnglish = true },
        ["demo-inbox-empty"] = new("/demo/inbox?to=nobody@nowhere.test", null) { OnlyEnglish = true },
        ["approve-unknown"] = new("/connect/approve?user_code=AAAA-AAAA"),
        ["approve-run-out"] = new("/connect/approve?outcome=run-out"),
        ["approve-refused"] = new("/connect/approve?outcome=refused"),
        ["approve-connected"] = new("/connect/approve?outcome=connected"),
        ["error"] = new("/error"),
        ["not-found"] = new("/no-such-page") { Status = 404 },
    };

    public static TheoryData<string> Names => [.. Places.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_page_can_be_used_by_anyone_on_desk_and_phone_in_any_light_and_language(string name)
    {
        var place = Places[name];
        await using var person = await waybill.PersonAsync(place.Who);
        var page = await person.NewPageAsync();
        var faults = Listen(page, place.Status);
        await page.GotoAsync(waybill.Server.Url + place.Path);
        await place.Show(page, Tongue.English);
        await Looks.AtAsync(page, name, Tongue.English, faults);
        if (!place.OnlyEnglish)
            await InPolishAsync(page, place, name, faults);
        Assert.True(faults.IsEmpty, string.Join(Environment.NewLine, faults));
    }

    async Task InPolishAsync(IPage page, Place place, string name, ConcurrentQueue<string> faults)
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
        var faults = Listen(outlook.Page);
        await outlook.Page.GotoAsync($"{waybill.Server.SecureUrl}/demo/outlook");
        await outlook.ConnectAsync(approval => Looks.AtAsync(approval, "approve", Tongue.English, faults));
        await outlook.WriteAsync(BusyWaybill.Offer);
        await Looks.AtAsync(outlook.Page, "outlook", Tongue.English, faults, phoneToo: false);
        Assert.True(faults.IsEmpty, string.Join(Environment.NewLine, faults));
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

    static ConcurrentQueue<string> Listen(IPage page, int status = 200)
    {
        var faults = new ConcurrentQueue<string>();
        page.PageError += (_, error) => faults.Enqueue($"script: {error}");
        page.Console += (_, line) =>
        {
            // The browser's own words for an answer that the test listens to itself.
            if (line.Type == "error" && !line.Text.StartsWith("Failed to load resource", StringComparison.Ordinal))
                faults.Enqueue($"console: {line.Text}");
        };
        page.Response += (_, answer) =>
        {
            if (answer.Url.EndsWith("/connect/token", StringComparison.Ordinal))
                return; // 400 says that the approval is still awaited (RFC 8628 section 3.5)
            if (answer.Status >= 400 && !(answer.Request.IsNavigationRequest && answer.Status == status))
                faults.Enqueue($"answer {answer.Status}: {answer.Url}");
        };
        page.RequestFailed += (_, request) =>
        {
            // What the browser gives up because the page is left is no failure.
            if (request.Failure != "net::ERR_ABORTED")
                faults.Enqueue($"no answer, {request.Failure}: {request.Url}");
        };
        return faults;
    }

    static Task SeeAsync(IPage page, Tongue tongue, string text) =>
        Expect(page.GetByText(tongue.Say(text)).First).ToBeVisibleAsync();

    static async Task UnfoldAsync(IPage page, Tongue tongue)
    {
        var row = page.GetByRole(AriaRole.Article).Filter(new() { HasText = BusyWaybill.Offer.Subject });
        await row.GetByRole(AriaRole.Button).First.ClickAsync();
        await Expect(row.GetByRole(AriaRole.Row).Filter(new() { HasText = tongue.Say("Clicked") })).ToBeVisibleAsync();
        await Expect(row.GetByText(tongue.Say("Open {0}’s record", "Maria Nowak"))).ToBeVisibleAsync();
    }

    static async Task MatchNothingAsync(IPage page, Tongue tongue)
    {
        await page.GetByLabel(tongue.Say("Search the feed")).FillAsync("zzz");
        await SeeAsync(page, tongue, "Nothing matches");
    }

    static async Task RecordAsync(IPage page, Tongue tongue, string name)
    {
        await page.GetByRole(AriaRole.Link, new() { Name = name, Exact = true }).First.ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = name, Level = 1 })).ToBeVisibleAsync();
        await Expect(page.GetByLabel(tongue.Say("Note"), new() { Exact = true })).ToBeEnabledAsync();
    }

    static async Task SearchAsync(IPage page, Tongue tongue)
    {
        await page.GetByRole(AriaRole.Combobox).First.FillAsync("contoso");
        await Expect(page.GetByRole(AriaRole.Option).First).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("ArrowDown");
    }

    static Task OpenMenuAsync(IPage page, Tongue tongue, string name, params object[] parts) =>
        page.GetByRole(AriaRole.Button, new() { Name = tongue.Say(name, parts) }).First.ClickAsync();

    static async Task BellAsync(IPage page, Tongue tongue)
    {
        await OpenMenuAsync(page, tongue, "Notifications");
        await SeeAsync(page, tongue, "opened");
    }

    static async Task MailAsync(IPage page, Tongue tongue)
    {
        await page.GetByRole(AriaRole.Link, new() { Name = BusyWaybill.Offer.Subject }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = BusyWaybill.Offer.Subject, Level = 1 }))
            .ToBeVisibleAsync();
        await Expect(page.FrameLocator("iframe").GetByText("here is the offer")).ToBeVisibleAsync();
    }

    static async Task NotTrackedAsync(IPage page, Tongue tongue)
    {
        await RecordAsync(page, tongue, "Jan Zieliński");
        await Expect(page.GetByText(tongue.Say("{0} has no legal basis for processing.", "Jan Zieliński")).First)
            .ToBeVisibleAsync();
    }

    static async Task ExpandAsync(IPage page, Tongue tongue, string contact)
    {
        await RecordAsync(page, tongue, contact);
        var mail = page.GetByRole(AriaRole.Article).Filter(new() { HasText = BusyWaybill.Offer.Subject });
        await mail.GetByRole(AriaRole.Button, new() { Name = BusyWaybill.Offer.Subject }).ClickAsync();
        await Expect(mail.FrameLocator("iframe").GetByText("here is the offer")).ToBeVisibleAsync();
    }

    static async Task OpenLetterAsync(IPage page, Tongue tongue)
    {
        await page.GetByRole(AriaRole.Link, new() { Name = "Lunch on Thursday?" }).First.ClickAsync();
        await Expect(page.FrameLocator("iframe[title='Message']").GetByText("are you in Poznań")).ToBeVisibleAsync();
    }
}
