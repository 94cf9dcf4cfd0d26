using System.Collections.Concurrent;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Waybill.EndToEnd;

/// <summary>Passkeys in a real Chromium, with an authenticator that DevTools plays (WebAuthn.addVirtualAuthenticator).</summary>
public sealed class PasskeyTests(RunningWaybill waybill, Browser browser)
    : IClassFixture<RunningWaybill>,
        IClassFixture<Browser>
{
    const string Jan = "jan@northwind.test";
    const string Anna = "anna@northwind.test";

    [Fact]
    public async Task A_passkey_is_added_opens_the_door_without_password_is_renamed_and_opens_nothing_once_removed()
    {
        await using var person = await browser.NewPersonAsync();
        var page = await person.NewPageAsync();
        var faults = FaultsOf(page);
        var key = await AuthenticatorAsync(page);
        await PasswordAsync(page, Jan);
        await page.GotoAsync($"{waybill.Url}/settings/security");
        await Looks.AtAsync(page, "settings-security", Tongue.English, faults);

        await AddAsync(page, key, "My key ring");
        var row = page.GetByRole(AriaRole.Row).Filter(new() { HasText = "My key ring" });
        await Expect(row).ToBeVisibleAsync();

        await SignOutAsync(page);
        await Looks.AtAsync(page, "sign-in", Tongue.English, faults);
        await SignInAsync(page, key);
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Feed", Exact = true })).ToBeVisibleAsync();

        await page.GotoAsync($"{waybill.Url}/settings/security");
        await row.GetByText("My key ring").ClickAsync();
        await Looks.AtAsync(page, "settings-security-passkey", Tongue.English, faults);
        await row.GetByLabel("Name", new() { Exact = true }).FillAsync("Desk key");
        await row.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(page.GetByText("The passkey has its new name.")).ToBeVisibleAsync();
        await Expect(row).ToHaveCountAsync(0);
        row = page.GetByRole(AriaRole.Row).Filter(new() { HasText = "Desk key" });

        await row.GetByRole(AriaRole.Button, new() { Name = "Remove" }).ClickAsync();
        await Expect(page.GetByText("The passkey is removed.")).ToBeVisibleAsync();
        await SignOutAsync(page);
        await SignInAsync(page, key);
        await Expect(page.GetByText("That passkey did not work.")).ToBeVisibleAsync();
        await IsOutsideAsync(page);
        Assert.True(faults.IsEmpty, string.Join(Environment.NewLine, faults));
    }

    [Fact]
    public async Task A_passkey_used_on_another_origin_is_refused()
    {
        await using var person = await browser.NewPersonAsync();
        var page = await person.NewPageAsync();
        var key = await AuthenticatorAsync(page);
        await PasswordAsync(page, Anna);
        await page.GotoAsync($"{waybill.Url}/settings/security");
        await AddAsync(page, key, "My key ring");
        await SignOutAsync(page);

        // The HTTPS port has the same host, so the browser lets the passkey be used there; who relays it here gets nowhere.
        var asked = await AskAsync(page);
        await page.GotoAsync($"{waybill.SecureUrl}/healthz");
        var elsewhere = "";
        await key.TouchAsync(async () => elsewhere = await page.EvaluateAsync<string>(Use, asked));
        await AnswerAsync(page, asked, elsewhere);
        await Expect(page.GetByText("That passkey did not work.")).ToBeVisibleAsync();
        await IsOutsideAsync(page);

        // The same steps without leaving let her in, once.
        asked = await AskAsync(page);
        var here = "";
        await key.TouchAsync(async () => here = await page.EvaluateAsync<string>(Use, asked));
        await AnswerAsync(page, asked, here);
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Feed", Exact = true })).ToBeVisibleAsync();
        await SignOutAsync(page);
        asked = await AskAsync(page);
        await AnswerAsync(page, asked, here);
        await Expect(page.GetByText("That passkey did not work.")).ToBeVisibleAsync();
        await IsOutsideAsync(page);
    }

    [Fact]
    public async Task Without_a_passkey_at_hand_the_page_says_so_and_the_password_still_works()
    {
        await using var person = await browser.NewPersonAsync();
        var page = await person.NewPageAsync();
        var key = await AuthenticatorAsync(page);
        await page.GotoAsync($"{waybill.Url}/sign-in?returnUrl=%2Fcontacts");
        await Expect(page.GetByText("That passkey did not work.")).ToBeHiddenAsync();
        await key.TouchAsync(async () =>
        {
            await page.GetByRole(AriaRole.Button, new() { Name = "Sign in with a passkey" }).ClickAsync();
            await Expect(page.GetByText("That passkey did not work.")).ToBeVisibleAsync();
        });

        await page.GetByLabel("Email").FillAsync(Jan);
        await page.GetByLabel("Password").FillAsync(waybill.DemoPassword);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Contacts", Exact = true })).ToBeVisibleAsync();
    }

    /// <summary>What the sign-in page's script asks for, from a page of ours without script of its own.</summary>
    async Task<string> AskAsync(IPage page)
    {
        await page.GotoAsync($"{waybill.Url}/healthz");
        return await page.EvaluateAsync<string>(
            """
            async () => {
                const page = new DOMParser().parseFromString(await (await fetch('/sign-in')).text(), 'text/html');
                const token = page.querySelector('form.passkey [name=__RequestVerificationToken]').value;
                const answer = await fetch('/sign-in/passkey/options', { method: 'POST', headers: { RequestVerificationToken: token } });
                return JSON.stringify({ token, options: await answer.json() });
            }
            """
        );
    }

    const string Use = """
        async asked => JSON.stringify(await navigator.credentials.get(
            { publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(JSON.parse(asked).options) }))
        """;

    /// <summary>As the form on the sign-in page does.</summary>
    async Task AnswerAsync(IPage page, string asked, string credential)
    {
        await page.GotoAsync($"{waybill.Url}/healthz");
        await page.EvaluateAsync(
            """
            ({ asked, credential }) => {
                const form = document.createElement('form');
                Object.assign(form, { method: 'post', action: '/sign-in/passkey' });
                for (const [name, value] of Object.entries({ credential, __RequestVerificationToken: JSON.parse(asked).token }))
                    form.append(Object.assign(document.createElement('input'), { name, value }));
                document.body.append(form);
                form.submit();
            }
            """,
            new { asked, credential }
        );
    }

    static Task AddAsync(IPage page, Authenticator key, string name) =>
        key.TouchAsync(async () =>
        {
            await page.GetByLabel("Name of the new passkey").FillAsync(name);
            await page.GetByRole(AriaRole.Button, new() { Name = "Add a passkey" }).ClickAsync();
            await Expect(page.GetByText("The passkey is added.")).ToBeVisibleAsync();
        });

    /// <summary>The form is posted by script once the authenticator has answered.</summary>
    static Task SignInAsync(IPage page, Authenticator key) =>
        key.TouchAsync(() =>
            page.RunAndWaitForResponseAsync(
                () => page.GetByRole(AriaRole.Button, new() { Name = "Sign in with a passkey" }).ClickAsync(),
                answer => answer.Url.EndsWith("/sign-in/passkey", StringComparison.Ordinal)
            )
        );

    async Task IsOutsideAsync(IPage page)
    {
        await page.GotoAsync($"{waybill.Url}/feed");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Sign in", Exact = true })).ToBeVisibleAsync();
    }

    static ConcurrentQueue<string> FaultsOf(IPage page)
    {
        var faults = new ConcurrentQueue<string>();
        page.PageError += (_, error) => faults.Enqueue(error);
        page.Console += (_, line) =>
        {
            if (line.Type == "error")
                faults.Enqueue(line.Text);
        };
        return faults;
    }

    /// <summary>Answers while someone touches it, and else lets whoever asks wait.</summary>
    sealed record Authenticator(ICDPSession Devtools, string Id)
    {
        public async Task TouchAsync(Func<Task> then)
        {
            await SetAsync(true);
            await then();
            await SetAsync(false);
        }

        Task SetAsync(bool enabled) =>
            Devtools.SendAsync(
                "WebAuthn.setAutomaticPresenceSimulation",
                new() { ["authenticatorId"] = Id, ["enabled"] = enabled }
            );
    }

    static async Task<Authenticator> AuthenticatorAsync(IPage page)
    {
        var devtools = await page.Context.NewCDPSessionAsync(page);
        await devtools.SendAsync("WebAuthn.enable");
        var made = await devtools.SendAsync(
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
                    ["automaticPresenceSimulation"] = false,
                },
            }
        );
        return new(devtools, made!.Value.GetProperty("authenticatorId").GetString()!);
    }

    async Task PasswordAsync(IPage page, string who)
    {
        await page.GotoAsync($"{waybill.Url}/sign-in");
        await page.GetByLabel("Email").FillAsync(who);
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
}
