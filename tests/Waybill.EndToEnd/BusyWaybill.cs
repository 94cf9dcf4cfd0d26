using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json;
using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.Playwright;
using MimeKit;
using static Microsoft.Playwright.Assertions;

namespace Waybill.EndToEnd;

[CollectionDefinition(nameof(BusyWaybill))]
public sealed class BusyWaybillCollection : ICollectionFixture<BusyWaybill>;

/// <summary>The demo account after a morning's work: mail of every kind is sent, opened, clicked, scanned and logged.</summary>
public sealed class BusyWaybill : IAsyncLifetime
{
    public const string Anna = "anna@northwind.test";
    public const string Ada = "admin@northwind.test";
    public const string Filip = "free@northwind.test";

    /// <summary>Of 120 characters, the longest that a user may have.</summary>
    public const string LongName =
        "Wilhelmina Anastazja Konstancja Brzęczyszczykiewicz-Chrząszczyżewska, Łękoły, w zastępstwie Przemysława Gżegżółkowskiego";

    public static readonly Draft Offer = new(
        "Maria Nowak <lead@contoso.test>",
        "Offer for Q4: 120 scanners",
        """
        <p>Dear Maria,</p><p>here is the offer we spoke about, with the new delivery dates and the price for 120 scanners. The docks
        are included.</p><p><a href="https://files.northwind.test/offer-q4">Offer for Q4</a></p><p>Kind regards<br>Anna</p>
        """
    )
    {
        FileName = "Offer-Q4.pdf",
    };

    static readonly Draft Minutes = new(
        "Sofia Lindqvist <sofia@fabrikam.test>, tomasz@adventure-works.test, daniel@adventure-works.test, nadia@proseware.test",
        "Minutes and next steps",
        "<p>Hello everyone,</p><p>the minutes of Tuesday and who does what until Friday.</p><p>Anna</p>"
    );

    static readonly Draft Longest = new(
        "Adam Wilk <adam.wilk@contoso.test>",
        "Confirmation of the delivery schedule for the second half of November and the changed unloading times at Gdańsk, hall B",
        "<p>Hello Adam,</p><p>the schedule is below.</p><p><a href=\"https://files.northwind.test/schedule\">Schedule</a></p>"
    );

    static readonly Draft NoBasis = new(
        "Jan Zieliński <jan.zielinski@litware.test>",
        "Contract draft",
        "<p>Hello Jan,</p><p>the draft for your lawyers.</p>"
    )
    {
        Track = false,
    };

    static readonly Draft Untracked = new(
        "Maria Nowak <lead@contoso.test>",
        "Lunch on Thursday?",
        "<p>Dear Maria,</p><p>are you in Poznań on Thursday?</p>"
    )
    {
        Cc = "Adam Wilk <adam.wilk@contoso.test>",
        Track = false,
    };

    readonly ConcurrentDictionary<string, string> _sessions = [];
    readonly Dictionary<string, IBrowserContext> _walkers = [];

    public RunningWaybill Server { get; } = new();
    public Browser Browser { get; } = new();

    /// <summary>Connected to the pane; its window is at a new mail.</summary>
    public OutlookWindow Outlook { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Parked.Put(Server.Data);
        await Task.WhenAll(Server.InitializeAsync().AsTask(), Browser.InitializeAsync().AsTask());
        await AskForLegalBasisAsync();
        await InviteAsync(LongName, "invited@northwind.test");
        await MailFromNobodyAsync();
        var anna = await PersonAsync(Anna);
        Outlook = new OutlookWindow(await anna.NewPageAsync());
        await Outlook.Page.GotoAsync($"{Server.SecureUrl}/demo/outlook");
        await Outlook.ConnectAsync();
        foreach (var draft in new[] { NoBasis, Longest, Minutes, Untracked, Offer })
            await Outlook.SendAsync(draft);

        await ScanAsync(Longest);
        await using var reader = await Browser.NewPersonAsync();
        await reader.RouteAsync(
            "https://files.northwind.test/**",
            route => route.FulfillAsync(new() { Body = "the offer" })
        );
        await OpenAsync(reader, "sofia@fabrikam.test", Minutes.Subject);
        var letter = await OpenAsync(reader, "lead@contoso.test", Offer.Subject);
        var target = await reader.RunAndWaitForPageAsync(() =>
            letter.GetByRole(AriaRole.Link, new() { Name = "Offer for Q4" }).ClickAsync()
        );
        await target.WaitForURLAsync("https://files.northwind.test/**");

        var feed = await anna.NewPageAsync();
        await feed.GotoAsync($"{Server.Url}/feed");
        foreach (var seen in new[] { "clicked a link in Offer", "opened Minutes", "automatic open" })
            await Expect(feed.GetByRole(AriaRole.Article).Filter(new() { HasText = seen })).ToBeVisibleAsync();
        await feed.CloseAsync();
    }

    /// <summary>The browser in which this person walks from page to page; it keeps styles and scripts.</summary>
    public async Task<IBrowserContext> AtAsync(string? email) =>
        _walkers.TryGetValue(email ?? "", out var walker) ? walker : _walkers[email ?? ""] = await PersonAsync(email);

    /// <summary>A browser of its own, signed in; each person signs in once.</summary>
    public async Task<IBrowserContext> PersonAsync(string? email, int width = 1280, int height = 800)
    {
        var context = await Browser.NewPersonAsync(width, height);
        if (email is null)
            return context;
        if (_sessions.TryGetValue(email, out var cookie))
        {
            await context.AddCookiesAsync(JsonSerializer.Deserialize<Cookie[]>(cookie)!);
            return context;
        }
        var page = await context.NewPageAsync();
        await page.GotoAsync($"{Server.Url}/sign-in");
        await page.GetByLabel("Email").FillAsync(email);
        await page.GetByLabel("Password").FillAsync(Server.DemoPassword);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Feed" })).ToBeVisibleAsync();
        var cookies = (await context.CookiesAsync()).Select(c => new Cookie
        {
            Name = c.Name,
            Value = c.Value,
            Domain = c.Domain,
            Path = c.Path,
            Secure = c.Secure,
            HttpOnly = c.HttpOnly,
            SameSite = c.SameSite,
        });
        _sessions[email] = JsonSerializer.Serialize(cookies);
        await page.CloseAsync();
        return context;
    }

    /// <summary>Data privacy on: Jan Zieliński, who has no legal basis, can't be tracked.</summary>
    async Task AskForLegalBasisAsync()
    {
        await using var ada = await PersonAsync(Ada);
        var page = await ada.NewPageAsync();
        await page.GotoAsync($"{Server.Url}/settings/privacy");
        await page.GetByRole(AriaRole.Switch, new() { Name = "Data privacy" }).CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(page.GetByText("Saved.")).ToBeVisibleAsync();
    }

    /// <summary>The link that the new user gets.</summary>
    public async Task<string> InviteAsync(string name, string email)
    {
        var page = await (await AtAsync(Ada)).NewPageAsync();
        await page.GotoAsync($"{Server.Url}/settings/users/invite");
        await page.GetByLabel("Full name", new() { Exact = true }).FillAsync(name);
        await page.GetByLabel("Email", new() { Exact = true }).FillAsync(email);
        await page.GetByRole(AriaRole.Button, new() { Name = "Invite", Exact = true }).ClickAsync();
        var link = await page.GetByLabel("Invitation link").InputValueAsync();
        await page.CloseAsync();
        return link;
    }

    /// <summary>Someone who is no user writes to the logging address: the one mail that stands on no timeline.</summary>
    async Task MailFromNobodyAsync()
    {
        var mail = new MimeMessage
        {
            Subject = "Who reads this address?",
            Body = new TextPart("plain") { Text = "Hello?" },
        };
        mail.From.Add(MailboxAddress.Parse("stranger@example.test"));
        mail.To.Add(MailboxAddress.Parse("lead@contoso.test"));
        using var smtp = new SmtpClient();
        await smtp.ConnectAsync("127.0.0.1", Server.SmtpPort, SecureSocketOptions.None);
        await smtp.SendAsync(mail, mail.From.Mailboxes.First(), [MailboxAddress.Parse("1000001@bcc.waybill.test")]);
        await smtp.DisconnectAsync(true);
    }

    async Task<IFrameLocator> OpenAsync(IBrowserContext reader, string to, string subject)
    {
        var inbox = await reader.NewPageAsync();
        await inbox.GotoAsync($"{Server.Url}/demo/inbox?to={to}");
        await inbox.GetByRole(AriaRole.Link, new() { Name = subject }).First.ClickAsync();
        var letter = inbox.FrameLocator("iframe[title='Message']");
        await Expect(letter.Locator("p").First).ToBeVisibleAsync();
        return letter;
    }

    sealed record Headline(long Id, string Subject);

    /// <summary>A mail filter that looks at everything before it delivers.</summary>
    async Task ScanAsync(Draft draft)
    {
        using var scanner = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        scanner.DefaultRequestHeaders.TryAddWithoutValidation("User-Agent", "Mozilla/5.0 (compatible; Barracuda)");
        var messages = $"{Server.Url}/demo/inbox/messages";
        var arrived = await Until.NotEmptyAsync(() =>
            scanner.GetFromJsonAsync<Headline[]>($"{messages}?to=adam.wilk@contoso.test")
        );
        await using var raw = await scanner.GetStreamAsync(
            $"{messages}/{arrived.First(m => m.Subject == draft.Subject).Id}/raw"
        );
        var html = (await MimeMessage.LoadAsync(raw)).HtmlBody ?? "";
        foreach (var path in new[] { "/t/o/", "/t/c/" })
        {
            var at = html.IndexOf(path, StringComparison.Ordinal);
            using var answer = await scanner.GetAsync(new Uri(Server.Url + html[at..html.IndexOf('"', at)]));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Browser.DisposeAsync();
        await Server.DisposeAsync();
    }
}
