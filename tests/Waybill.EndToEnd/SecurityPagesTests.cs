using Microsoft.Playwright;
using OtpNet;
using static Microsoft.Playwright.Assertions;

namespace Waybill.EndToEnd;

/// <summary>A new colleague from the invitation to a second factor and a passkey, and what each page on the way looks like.</summary>
[Collection(nameof(BusyWaybill))]
public sealed class SecurityPagesTests(BusyWaybill waybill)
{
    const string Password = "four quiet harbour cranes";

    public static TheoryData<string> Languages => [Tongue.English.Code, Tongue.Polish.Code];

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task An_invited_user_comes_in_turns_two_factor_on_adds_a_passkey_and_signs_in_with_a_code(
        string language
    )
    {
        var tongue = language == Tongue.Polish.Code ? Tongue.Polish : Tongue.English;
        var email = $"new-{language}@northwind.test";
        var link = await waybill.InviteAsync("Zofia Wiśniewska", email);
        await using var zofia = await waybill.Browser.NewPersonAsync();
        var page = await zofia.NewPageAsync();
        var faults = Faults.Of(page);
        await page.GotoAsync(link);
        await tongue.SpeakAsync(page);
        await page.ReloadAsync();
        await LookAsync("invitation");
        await page.GetByLabel(tongue.Say("Password"), new() { Exact = true }).FillAsync(Password);
        await page.Locator("#f-language").SelectOptionAsync(language);
        await PressAsync("Accept the invitation");
        await HeadingAsync("Feed");

        var devices = await HavePasskeysAsync(zofia, page);
        await page.GotoAsync($"{waybill.Server.Url}/settings/security");
        await page.GetByRole(AriaRole.Link, new() { Name = tongue.Say("Turn on"), Exact = true }).ClickAsync();
        // Who just came in need not say the password again.
        await HeadingAsync("Turn on two-factor sign-in");
        await LookAsync("security-two-factor");
        var secret = (await page.Locator("code").InnerTextAsync()).Replace(" ", "", StringComparison.Ordinal);
        await page.GetByLabel(tongue.Say("2. The code the app shows now"))
            .FillAsync(new Totp(Base32Encoding.ToBytes(secret)).ComputeTotp());
        await PressAsync("Turn on");
        await Expect(page.GetByText(tongue.Say("Each works once. They are shown only now."))).ToBeVisibleAsync();
        await LookAsync("security-recovery-codes");
        var code = await page.Locator(".codes code").First.InnerTextAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = tongue.Say("I have kept them") }).ClickAsync();

        await PressAsync("Add a passkey");
        await Expect(page.GetByText(tongue.Say("The passkey is added. Use it the next time you sign in.")))
            .ToBeVisibleAsync();
        await LookAsync("security-all-on");

        // The passkey would sign in by itself, as the sign-in page offers it at once.
        await devices.SendAsync("WebAuthn.disable");
        await page.EvaluateAsync("document.querySelector(\"form[action='/sign-out']\").submit()");
        await HeadingAsync("Sign in");
        await page.GetByLabel(tongue.Say("Email"), new() { Exact = true }).FillAsync(email);
        await page.GetByLabel(tongue.Say("Password"), new() { Exact = true }).FillAsync(Password);
        await PressAsync("Sign in");
        await HeadingAsync("Enter your code");
        await LookAsync("sign-in-code");
        await page.GetByLabel(tongue.Say("Code"), new() { Exact = true }).FillAsync(code);
        await PressAsync("Sign in");
        await HeadingAsync("Feed");
        Assert.True(faults.IsEmpty, string.Join(Environment.NewLine, faults));

        Task LookAsync(string name) => Looks.AtAsync(page, name, tongue, faults);
        Task PressAsync(string name) =>
            page.GetByRole(AriaRole.Button, new() { Name = tongue.Say(name), Exact = true }).First.ClickAsync();
        Task HeadingAsync(string name) =>
            Expect(page.GetByRole(AriaRole.Heading, new() { Name = tongue.Say(name), Level = 1 })).ToBeVisibleAsync();
    }

    /// <summary>An authenticator that says yes, as a finger on the reader does.</summary>
    static async Task<ICDPSession> HavePasskeysAsync(IBrowserContext person, IPage page)
    {
        var devices = await person.NewCDPSessionAsync(page);
        await devices.SendAsync("WebAuthn.enable");
        await devices.SendAsync(
            "WebAuthn.addVirtualAuthenticator",
            new()
            {
                ["options"] = new
                {
                    protocol = "ctap2",
                    transport = "internal",
                    hasResidentKey = true,
                    hasUserVerification = true,
                    isUserVerified = true,
                    automaticPresenceSimulation = true,
                },
            }
        );
        return devices;
    }
}
