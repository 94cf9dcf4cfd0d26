using System.Collections.Concurrent;
using Deque.AxeCore.Commons;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Waybill.EndToEnd;

/// <summary>Settings, Security in a real Chromium with an authenticator that DevTools plays (WebAuthn.addVirtualAuthenticator).</summary>
public sealed class PasskeyTests(RunningWaybill waybill, Browser browser)
    : IClassFixture<RunningWaybill>,
        IClassFixture<Browser>
{
    const string Jan = "jan@northwind.test";
    static readonly string Axe = new BundledAxeScriptProvider().GetScript();

    [Fact]
    public async Task A_passkey_is_added_opens_the_door_without_password_and_opens_nothing_once_removed()
    {
        await using var person = await browser.NewPersonAsync();
        var page = await person.NewPageAsync();
        var faults = new ConcurrentQueue<string>();
        page.PageError += (_, error) => faults.Enqueue(error);
        page.Console += (_, line) =>
        {
            if (line.Type == "error")
                faults.Enqueue(line.Text);
        };
        await AuthenticatorAsync(page);
        await PasswordAsync(page);
        await page.GotoAsync($"{waybill.Url}/settings/security");
        await LookAsync(page, "settings-security", faults);

        await page.GetByLabel("Name of the new passkey").FillAsync("My key ring");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add a passkey" }).ClickAsync();
        var row = page.GetByRole(AriaRole.Row).Filter(new() { HasText = "My key ring" });
        await Expect(row).ToBeVisibleAsync();

        await SignOutAsync(page);
        await LookAsync(page, "sign-in-passkey", faults);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in with a passkey" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Feed", Exact = true })).ToBeVisibleAsync();

        await page.GotoAsync($"{waybill.Url}/settings/security");
        await LookAsync(page, "settings-security-passkey", faults);
        await row.GetByRole(AriaRole.Button, new() { Name = "Remove" }).ClickAsync();
        await Expect(page.GetByText("The passkey is removed.")).ToBeVisibleAsync();
        await SignOutAsync(page);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in with a passkey" }).ClickAsync();
        await Expect(page.GetByText("That passkey did not work.")).ToBeVisibleAsync();
        Assert.True(faults.IsEmpty, string.Join(Environment.NewLine, faults));
    }

    [Fact]
    public async Task The_pages_of_two_factor_can_be_used_by_anyone()
    {
        await using var person = await browser.NewPersonAsync();
        var page = await person.NewPageAsync();
        var faults = new ConcurrentQueue<string>();
        page.PageError += (_, error) => faults.Enqueue(error);
        await PasswordAsync(page);
        await page.GotoAsync($"{waybill.Url}/settings/security");
        await page.GetByRole(AriaRole.Link, new() { Name = "Turn on" }).ClickAsync();
        await Expect(page.Locator(".qr svg")).ToBeVisibleAsync();
        await LookAsync(page, "settings-two-factor", faults);
        await page.GotoAsync($"{waybill.Url}/settings/security/confirm");
        await LookAsync(page, "settings-confirm", faults);
        Assert.True(faults.IsEmpty, string.Join(Environment.NewLine, faults));
    }

    static async Task AuthenticatorAsync(IPage page)
    {
        var devtools = await page.Context.NewCDPSessionAsync(page);
        await devtools.SendAsync("WebAuthn.enable");
        await devtools.SendAsync(
            "WebAuthn.addVirtualAuthenticator",
            new()
            {
                ["options"] = new Dictionary<string, object>
                {
                    ["protocol"] = "ctap2",
                    ["transport"] = "internal",
                    ["hasResidentKey"] = true,
                    ["hasUserVerification"] = true,
                    ["isUserVerified"] = true,
                    ["automaticPresenceSimulation"] = true,
                },
            }
        );
    }

    async Task PasswordAsync(IPage page)
    {
        await page.GotoAsync($"{waybill.Url}/sign-in");
        await page.GetByLabel("Email").FillAsync(Jan);
        await page.GetByLabel("Password").FillAsync(waybill.DemoPassword);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Feed", Exact = true })).ToBeVisibleAsync();
    }

    static async Task SignOutAsync(IPage page)
    {
        await page.GetByRole(AriaRole.Button, new() { Name = "your account" }).ClickAsync();
        await page.Locator("form[action='/sign-out']").GetByRole(AriaRole.Button).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Sign in" })).ToBeVisibleAsync();
    }

    static async Task LookAsync(IPage page, string name, ConcurrentQueue<string> faults)
    {
        foreach (var width in new[] { 1280, 390 })
        {
            await page.SetViewportSizeAsync(width, 800);
            foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
            {
                await page.EmulateMediaAsync(new() { ColorScheme = scheme, ReducedMotion = ReducedMotion.Reduce });
                if (Environment.GetEnvironmentVariable("WAYBILL_TEST_RESULTS") is { Length: > 0 } folder)
                    await page.ScreenshotAsync(
                        new() { Path = Path.Combine(folder, "pages", $"{name}-{width}-{scheme}.png"), FullPage = true }
                    );
                if (
                    await page.EvaluateAsync<bool>(
                        "document.scrollingElement.scrollWidth > document.scrollingElement.clientWidth"
                    )
                )
                    faults.Enqueue($"{name}-{width}: wider than the screen");
                if (!await page.EvaluateAsync<bool>("'axe' in window"))
                    await page.EvaluateAsync(Axe);
                foreach (
                    var fault in await page.EvaluateAsync<string[]>(
                        """
                        () => axe.run(document, { iframes: false, resultTypes: ['violations'] }).then(found => found.violations
                            .filter(v => v.impact === 'serious' || v.impact === 'critical')
                            .flatMap(v => v.nodes.map(n => `${v.id}: ${n.html}`)))
                        """
                    )
                )
                    faults.Enqueue($"{name}-{width}-{scheme}: {fault}");
            }
        }
        await page.SetViewportSizeAsync(1280, 800);
    }
}
