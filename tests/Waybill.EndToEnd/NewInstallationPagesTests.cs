using System.Collections.Concurrent;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Waybill.EndToEnd;

/// <summary>A server without an account: the pages of its first morning, with a mail relay that does not answer, and the server away.</summary>
public sealed class NewInstallationPagesTests : IAsyncLifetime
{
    const string Password = "four quiet harbour cranes";

    readonly RunningWaybill _server = new()
    {
        Settings =
        {
            ["WAYBILL_DEMO"] = "0",
            ["Waybill__Relay__Host"] = "127.0.0.1",
            ["Waybill__Relay__Port"] = "1",
            ["Waybill__Relay__From"] = "waybill@northwind.test",
        },
    };
    readonly Browser _browser = new();

    public async ValueTask InitializeAsync() =>
        await Task.WhenAll(_server.InitializeAsync().AsTask(), _browser.InitializeAsync().AsTask());

    [Fact]
    public async Task The_first_visitor_makes_the_account_invites_someone_and_keeps_what_is_typed_while_the_server_restarts()
    {
        await using var ada = await _browser.NewPersonAsync();
        var page = await ada.NewPageAsync();
        var faults = Faults.Of(page);
        await MakeAccountAsync(page, faults);

        await page.GotoAsync($"{_server.Url}/settings/users/invite");
        await page.GetByLabel("Full name", new() { Exact = true }).FillAsync("Jan Zieliński");
        await page.GetByLabel("Email", new() { Exact = true }).FillAsync("jan@northwind.test");
        await page.GetByRole(AriaRole.Button, new() { Name = "Invite", Exact = true }).ClickAsync();
        await Expect(page.GetByLabel("Invitation link")).ToBeVisibleAsync();
        foreach (var (name, path, seen) in Pages)
        {
            await Until.TrueAsync(async () =>
            {
                await page.GotoAsync(_server.Url + path);
                return await page.GetByText(seen).First.IsVisibleAsync();
            });
            await InBothAsync(page, name, faults);
        }
        Assert.True(faults.IsEmpty, string.Join(Environment.NewLine, faults));

        await KeepsWhatIsTypedAsync(page);
    }

    [Fact]
    public async Task With_the_database_away_a_page_says_so_in_the_language_last_chosen_in_this_browser()
    {
        var away = new RunningWaybill
        {
            Settings =
            {
                ["WAYBILL_DEMO"] = "0",
                ["WAYBILL_DATABASE"] = "Host=127.0.0.1;Port=1;Database=waybill;Username=waybill;Timeout=1",
            },
        };
        await using var stopped = away;
        _ = away.StartAsync(); // it says that it is ready when the database is
        await using var visitor = await _browser.NewPersonAsync();
        var page = await visitor.NewPageAsync();
        var faults = Faults.Of(page, 503);
        await Until.TrueAsync(async () =>
        {
            try
            {
                return await page.GotoAsync($"{away.Url}/feed") is not null;
            }
            catch (PlaywrightException)
            {
                return false;
            }
        });
        faults.Clear();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Waybill can’t use its database right now" }))
            .ToBeVisibleAsync();
        await Looks.AtAsync(page, "outage", Tongue.English, faults);
        await visitor.AddCookiesAsync([
            new()
            {
                Name = "waybill-language",
                Value = Tongue.Polish.Code,
                Url = away.Url,
            },
        ]);
        await page.ReloadAsync();
        await Looks.AtAsync(page, "outage", Tongue.Polish, faults);
        Assert.True(faults.IsEmpty, string.Join(Environment.NewLine, faults));
    }

    static readonly (string Name, string Path, string Seen)[] Pages =
    [
        ("new-feed", "/feed", "See your first open in three steps"),
        ("new-contacts", "/contacts", "No contacts yet"),
        ("new-notices", "/settings/notices", "refused"),
        ("new-set-aside", "/settings/set-aside", "Nothing is set aside"),
    ];

    async Task MakeAccountAsync(IPage page, ConcurrentQueue<string> faults)
    {
        await page.GotoAsync($"{_server.Url}/feed");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Set up Waybill" })).ToBeVisibleAsync();
        await InBothAsync(page, "welcome-code", faults);
        await page.GetByLabel("Setup code")
            .FillAsync(await File.ReadAllTextAsync(Path.Combine(_server.Data, "setup-code")));
        await page.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();
        await Expect(page.GetByLabel("Company name")).ToBeVisibleAsync();
        await InBothAsync(page, "welcome", faults);
        await page.GetByLabel("Company name").FillAsync("Northwind");
        await page.GetByLabel("Own domains").FillAsync("northwind.test");
        await page.GetByLabel("Your name").FillAsync("Ada Lis");
        await page.GetByLabel("Email", new() { Exact = true }).FillAsync("ada@northwind.test");
        await page.GetByLabel("Password").FillAsync(Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Make the account" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Feed", Level = 1 })).ToBeVisibleAsync();
    }

    /// <summary>The page as it stands, then again in Polish.</summary>
    static async Task InBothAsync(IPage page, string name, ConcurrentQueue<string> faults)
    {
        await Looks.AtAsync(page, name, Tongue.English, faults);
        await Tongue.Polish.SpeakAsync(page);
        await page.ReloadAsync();
        await Looks.AtAsync(page, name, Tongue.Polish, faults);
        await Tongue.English.SpeakAsync(page);
        await page.ReloadAsync();
    }

    /// <summary>The bar says so, nothing typed is lost, and afterwards the page works on.</summary>
    async Task KeepsWhatIsTypedAsync(IPage page)
    {
        await page.GotoAsync($"{_server.Url}/contacts/new");
        await page.GetByLabel("Email", new() { Exact = true }).FillAsync("lead@contoso.test");
        await page.GetByLabel("First name").FillAsync("Maria");
        await page.GetByLabel("Last name").FillAsync("Nowak");
        await page.GetByRole(AriaRole.Button, new() { Name = "Create", Exact = true }).Last.ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Maria Nowak", Level = 1 })).ToBeVisibleAsync();
        var note = page.GetByLabel("Note", new() { Exact = true });
        await Expect(note).ToBeEnabledAsync();
        await note.FillAsync("Prefers a call before ten.");

        await _server.KillAsync();
        var bar = page.Locator(".offline");
        await Expect(bar.GetByText("Waybill can’t be reached")).ToBeVisibleAsync(new() { Timeout = 20_000 });
        await Looks.AtAsync(page, "offline", Tongue.English, []);
        await note.PressSequentiallyAsync(" Adam signs.");
        await Expect(note).ToHaveValueAsync("Prefers a call before ten. Adam signs.");

        await _server.StartAsync();
        var again = bar.GetByRole(AriaRole.Link, new() { Name = "Load this page again" });
        await Expect(again).ToBeVisibleAsync(new() { Timeout = 40_000 });
        await Looks.AtAsync(page, "offline-restarted", Tongue.English, []);
        await again.ClickAsync();
        await Expect(bar).ToBeHiddenAsync();
        await Expect(note).ToBeEnabledAsync();
        await Expect(note).ToHaveValueAsync("Prefers a call before ten. Adam signs.");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save note" }).First.ClickAsync();
        await Expect(page.GetByRole(AriaRole.Article).Filter(new() { HasText = "Adam signs." })).ToBeVisibleAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        await _server.DisposeAsync();
    }
}
