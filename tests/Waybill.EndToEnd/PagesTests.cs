using System.Collections.Concurrent;
using Deque.AxeCore.Commons;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Waybill.EndToEnd;

/// <summary>
/// Every page on a desk and on a phone, light and dark: anyone can read and use it, nothing scrolls sideways, nothing fails behind it.
/// Pictures of all of it are kept when WAYBILL_TEST_RESULTS names a folder.
/// </summary>
public sealed class PagesTests(BusyWaybill waybill) : IClassFixture<BusyWaybill>
{
    static readonly string Axe = new BundledAxeScriptProvider().GetScript();

    sealed record Place(string Path, string? Who = BusyWaybill.Anna)
    {
        /// <summary>Makes the page show what it is looked at for; ends when that is there.</summary>
        public Func<IPage, Task> Show { get; init; } = _ => Task.CompletedTask;
        public int Status { get; init; } = 200;
    }

    static readonly Dictionary<string, Place> Places = new()
    {
        ["sign-in"] = new("/sign-in", null),
        ["feed"] = new("/feed") { Show = UnfoldAsync },
        ["feed-nothing-matches"] = new("/feed") { Show = MatchNothingAsync },
        ["feed-first-run"] = new("/feed", BusyWaybill.Filip) { Show = p => SeeAsync(p, "See your first open") },
        ["feed-first-steps"] = new("/feed/first-steps", BusyWaybill.Filip),
        ["search"] = new("/search?q=contoso"),
        ["search-nothing-found"] = new("/search?q=zzz"),
        ["search-box"] = new("/deals") { Show = SearchAsync },
        ["create-menu"] = new("/deals") { Show = p => OpenMenuAsync(p, "Create") },
        ["user-menu"] = new("/deals") { Show = p => OpenMenuAsync(p, "Anna Kowalska: your account") },
        ["bell"] = new("/deals") { Show = BellAsync },
        ["bell-empty"] = new("/deals", BusyWaybill.Filip) { Show = p => OpenMenuAsync(p, "Notifications") },
        ["mail"] = new("/mail"),
        ["mail-none"] = new("/mail", BusyWaybill.Filip),
        ["mail-sent"] = new("/mail") { Show = MailAsync },
        ["contacts"] = new("/contacts"),
        ["contacts-nothing-found"] = new("/contacts?q=zzz"),
        ["contact"] = new("/contacts") { Show = p => ExpandAsync(p, "Maria Nowak") },
        ["contact-not-tracked"] = new("/contacts") { Show = NotTrackedAsync },
        ["contact-new"] = new("/contacts/new"),
        ["companies"] = new("/companies"),
        ["company"] = new("/companies") { Show = p => RecordAsync(p, "Contoso") },
        ["deals"] = new("/deals"),
        ["deal"] = new("/deals") { Show = p => RecordAsync(p, "Framework 2027") },
        ["tickets"] = new("/tickets"),
        ["ticket"] = new("/tickets") { Show = p => RecordAsync(p, "Damaged pallet, order 8812") },
        ["settings-me"] = new("/settings/me", BusyWaybill.Ada),
        ["settings-log-and-track"] = new("/settings/email-log-and-track", BusyWaybill.Ada),
        ["settings-log-and-track-user"] = new("/settings/email-log-and-track"),
        ["settings-privacy"] = new("/settings/privacy", BusyWaybill.Ada),
        ["settings-privacy-user"] = new("/settings/privacy"),
        ["settings-not-logged"] = new("/settings/not-logged", BusyWaybill.Ada)
        {
            Show = p => SeeAsync(p, "Who reads this address?"),
        },
        ["settings-not-logged-user"] = new("/settings/not-logged") { Status = 403 },
        ["settings-connected-apps"] = new("/settings/connected-apps"),
        ["settings-connected-apps-none"] = new("/settings/connected-apps", BusyWaybill.Filip),
        ["approve-ask"] = new("/connect/approve"),
        ["demo-inbox"] = new("/demo/inbox", null) { Show = OpenLetterAsync },
        ["demo-inbox-empty"] = new("/demo/inbox?to=nobody@nowhere.test", null),
        ["not-found"] = new("/no-such-page") { Status = 404 },
    };

    public static TheoryData<string> Names => [.. Places.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_page_can_be_used_by_anyone_on_desk_and_phone_in_light_and_dark(string name)
    {
        var place = Places[name];
        await using var person = await waybill.PersonAsync(place.Who);
        var page = await person.NewPageAsync();
        var faults = Listen(page, place.Status);
        await page.GotoAsync(waybill.Server.Url + place.Path);
        await place.Show(page);
        await LookAsync(page, name, faults);
        Assert.True(faults.IsEmpty, string.Join(Environment.NewLine, faults));
    }

    [Fact]
    public async Task The_pane_beside_a_mail_in_Outlook_and_the_page_that_connects_it_can_be_used_by_anyone()
    {
        await using var anna = await waybill.PersonAsync(BusyWaybill.Anna);
        var outlook = new OutlookWindow(await anna.NewPageAsync());
        var faults = Listen(outlook.Page);
        await outlook.Page.GotoAsync($"{waybill.Server.SecureUrl}/demo/outlook");
        await outlook.ConnectAsync(approval => LookAsync(approval, "approve", faults));
        await outlook.WriteAsync(BusyWaybill.Offer);
        await LookAsync(outlook.Page, "outlook", faults, phoneToo: false);
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

    static async Task LookAsync(IPage page, string name, ConcurrentQueue<string> faults, bool phoneToo = true)
    {
        foreach (var width in phoneToo ? [1280, 390] : new[] { 1280 })
        {
            await page.SetViewportSizeAsync(width, width == 1280 ? 800 : 844);
            foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
            {
                var look = $"{name}-{width}-{(scheme == ColorScheme.Dark ? "dark" : "light")}";
                await page.EmulateMediaAsync(new() { ColorScheme = scheme, ReducedMotion = ReducedMotion.Reduce });
                await page.EvaluateAsync("document.fonts.ready.then(() => {})");
                await PictureAsync(page, look);
                if (
                    await page.EvaluateAsync<int>(
                        "document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"
                    )
                    is > 0
                        and var wider
                )
                    faults.Enqueue($"{look}: {wider} px wider than the screen");
                foreach (var fault in await AxeAsync(page.MainFrame, scheme))
                    faults.Enqueue($"{look}: {fault}");
                if (
                    page.Frames.FirstOrDefault(f => f.Url.Contains("/addin/pane", StringComparison.Ordinal)) is { } pane
                )
                    foreach (var fault in await AxeAsync(pane, scheme))
                        faults.Enqueue($"{look}: {fault}");
            }
        }
    }

    /// <summary>One frame at a time: mail stands in frames without scripts, where axe would wait for an answer that can't come.</summary>
    static async Task<string[]> AxeAsync(IFrame frame, ColorScheme scheme)
    {
        if (!await frame.EvaluateAsync<bool>("'axe' in window"))
            await frame.EvaluateAsync(Axe);
        return await frame.EvaluateAsync<string[]>(
            """
            only => axe.run(document, { iframes: false, resultTypes: ['violations'], ...(only ? { runOnly: [only] } : {}) }).then(found => found.violations
                .filter(v => v.impact === 'serious' || v.impact === 'critical')
                .flatMap(v => v.nodes.map(n => `${v.id}, ${n.any[0]?.message ?? v.help}: ${n.html}`)))
            """,
            // In the dark only the colours differ.
            scheme == ColorScheme.Dark
                ? "color-contrast"
                : ""
        );
    }

    static async Task PictureAsync(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("WAYBILL_TEST_RESULTS") is { Length: > 0 } folder)
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, "pages", $"{name}.png") });
    }

    static Task SeeAsync(IPage page, string text) => Expect(page.GetByText(text).First).ToBeVisibleAsync();

    static async Task UnfoldAsync(IPage page)
    {
        var row = page.GetByRole(AriaRole.Article).Filter(new() { HasText = BusyWaybill.Offer.Subject });
        await row.GetByRole(AriaRole.Button).First.ClickAsync();
        await Expect(row.GetByRole(AriaRole.Row).Filter(new() { HasText = "Clicked" })).ToBeVisibleAsync();
        await Expect(row.GetByText("Open Maria Nowak’s record")).ToBeVisibleAsync();
    }

    static async Task MatchNothingAsync(IPage page)
    {
        await page.GetByLabel("Search the feed").FillAsync("zzz");
        await SeeAsync(page, "Nothing matches");
    }

    static async Task RecordAsync(IPage page, string name)
    {
        await page.GetByRole(AriaRole.Link, new() { Name = name, Exact = true }).First.ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = name, Level = 1 })).ToBeVisibleAsync();
        await Expect(page.GetByLabel("Note", new() { Exact = true })).ToBeEnabledAsync();
    }

    static async Task SearchAsync(IPage page)
    {
        await page.GetByRole(AriaRole.Combobox).First.FillAsync("contoso");
        await Expect(page.GetByRole(AriaRole.Option).First).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("ArrowDown");
    }

    static Task OpenMenuAsync(IPage page, string name) =>
        page.GetByRole(AriaRole.Button, new() { Name = name }).First.ClickAsync();

    static async Task BellAsync(IPage page)
    {
        await OpenMenuAsync(page, "Notifications");
        await SeeAsync(page, "opened");
    }

    static async Task MailAsync(IPage page)
    {
        await page.GetByRole(AriaRole.Link, new() { Name = BusyWaybill.Offer.Subject }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = BusyWaybill.Offer.Subject, Level = 1 }))
            .ToBeVisibleAsync();
        await Expect(page.FrameLocator("iframe").GetByText("here is the offer")).ToBeVisibleAsync();
    }

    static async Task NotTrackedAsync(IPage page)
    {
        await RecordAsync(page, "Jan Zieliński");
        await SeeAsync(page, "Jan Zieliński has no legal basis for processing.");
    }

    static async Task ExpandAsync(IPage page, string contact)
    {
        await RecordAsync(page, contact);
        var mail = page.GetByRole(AriaRole.Article).Filter(new() { HasText = BusyWaybill.Offer.Subject });
        await mail.GetByRole(AriaRole.Button, new() { Name = BusyWaybill.Offer.Subject }).ClickAsync();
        await Expect(mail.FrameLocator("iframe").GetByText("here is the offer")).ToBeVisibleAsync();
    }

    static async Task OpenLetterAsync(IPage page)
    {
        await page.GetByRole(AriaRole.Link, new() { Name = "Lunch on Thursday?" }).First.ClickAsync();
        await Expect(page.FrameLocator("iframe[title='Message']").GetByText("are you in Poznań")).ToBeVisibleAsync();
    }
}
