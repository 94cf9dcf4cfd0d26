using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Waybill.EndToEnd;

/// <summary>The pages of the busy account, each with what it is looked at for.</summary>
static class Places
{
    public sealed record Place(string Path, string? Who = BusyWaybill.Anna)
    {
        /// <summary>Makes the page show what it is looked at for; ends when that is there.</summary>
        public Func<IPage, Tongue, Task> Show { get; init; } = (_, _) => Task.CompletedTask;
        public bool OnlyEnglish { get; init; }
        public int Status { get; init; } = 200;
    }

    public static readonly Dictionary<string, Place> All = new()
    {
        ["sign-in"] = new("/sign-in", null),
        ["sign-in-passkey-refused"] = new("/sign-in?passkey=refused", null),
        ["invitation-used"] = new("/invitation?token=used", null) { Status = 410 },
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
        ["bell-empty"] = new("/deals", BusyWaybill.Filip)
        {
            Show = async (p, t) =>
            {
                await OpenMenuAsync(p, t, "Notifications");
                await SeeAsync(p, t, "Mute desktop notifications");
            },
        },
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
        ["settings-users"] = new("/settings/users", BusyWaybill.Ada) { Show = (p, t) => SeeAsync(p, t, "Invited") },
        ["settings-user"] = new("/settings/users", BusyWaybill.Ada) { Show = (p, _) => UserAsync(p, "Anna Kowalska") },
        ["settings-user-invited"] = new("/settings/users", BusyWaybill.Ada)
        {
            Show = (p, _) => UserAsync(p, BusyWaybill.LongName),
        },
        ["settings-user-invite"] = new("/settings/users/invite", BusyWaybill.Ada),
        ["settings-users-rep"] = new("/settings/users") { Status = 403 },
        ["settings-notices"] = new("/settings/notices", BusyWaybill.Ada),
        ["settings-set-aside"] = new("/settings/set-aside", BusyWaybill.Ada)
        {
            Show = (p, t) => SeeAsync(p, t, "Try again"),
        },
        ["settings-security"] = new("/settings/security"),
        ["settings-security-confirm"] = new("/settings/security/confirm"),
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

    public static async Task RecordAsync(IPage page, Tongue tongue, string name)
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
        await Expect(page.Locator("#notices").GetByText(BusyWaybill.Offer.Subject).First).ToBeVisibleAsync();
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

    static async Task UserAsync(IPage page, string name)
    {
        await page.GetByRole(AriaRole.Link, new() { Name = name, Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = name, Level = 1 })).ToBeVisibleAsync();
    }
}
