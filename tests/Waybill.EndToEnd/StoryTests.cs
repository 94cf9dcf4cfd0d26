using System.Net.Http.Json;
using Microsoft.Playwright;
using MimeKit;
using static Microsoft.Playwright.Assertions;

namespace Waybill.EndToEnd;

/// <summary>
/// The main job: compose in Outlook, track, log, see it opened. Everything is real but Outlook, and that is Microsoft's own office.js
/// driven by its host protocol. This story must still pass when everything else has been built.
/// </summary>
public sealed class StoryTests(RunningWaybill waybill, Browser browser)
    : IClassFixture<RunningWaybill>,
        IClassFixture<Browser>
{
    const string Subject = "Offer for Q4: 120 scanners";

    [Fact]
    public async Task A_rep_composes_tracks_logs_sends_and_sees_it_opened_and_clicked()
    {
        await using var anna = await browser.NewPersonAsync();
        await anna.GrantPermissionsAsync(["notifications"]);
        var feed = await anna.NewPageAsync();
        await HearNotificationsAsync(feed);
        await SignInAsync(feed, "anna@northwind.test");
        await feed.GotoAsync($"{waybill.Url}/feed");

        var outlook = await anna.NewPageAsync();
        await outlook.GotoAsync($"{waybill.SecureUrl}/demo/outlook");
        await ComposeAsync(outlook);
        var pane = await ConnectPaneAsync(outlook);

        await TickTrackAndLogAsync(outlook, pane);
        await outlook.GetByRole(AriaRole.Button, new() { Name = "Send", Exact = true }).ClickAsync();
        await Expect(outlook.GetByText("Message sent")).ToBeVisibleAsync();

        var row = feed.GetByRole(AriaRole.Article).Filter(new() { HasText = Subject });
        await Expect(row).ToContainTextAsync("Sent");
        await Expect(row).ToContainTextAsync("Maria Nowak");

        var raw = await TheMailAsItLeftAsync("lead@contoso.test");
        Assert.Contains("/t/o/", raw.HtmlBody, StringComparison.Ordinal);
        Assert.Contains("/t/c/", raw.HtmlBody, StringComparison.Ordinal);
        Assert.DoesNotContain("https://files.northwind.test/offer-q4", raw.HtmlBody, StringComparison.Ordinal);
        Assert.Empty(raw.Bcc);

        await using var maria = await browser.NewPersonAsync();
        var inbox = await maria.NewPageAsync();
        await inbox.GotoAsync($"{waybill.Url}/demo/inbox?to=lead@contoso.test");
        await inbox.GetByRole(AriaRole.Link, new() { Name = Subject }).ClickAsync();
        var letter = inbox.FrameLocator("iframe[title='Message']");
        await Expect(letter.GetByText("here is our offer")).ToBeVisibleAsync();

        await Expect(row).ToContainTextAsync("opened");
        await Expect(row).ToContainTextAsync("Person");
        await Expect(feed.GetByRole(AriaRole.Status).Filter(new() { HasText = "Maria Nowak opened" }))
            .ToBeVisibleAsync();
        await Until.TrueAsync(async () =>
            (await NotificationsAsync(feed)).Contains("Maria Nowak opened", StringComparison.Ordinal)
        );

        // The target is not a page of this machine; following the link is what counts.
        await maria.RouteAsync(
            "https://files.northwind.test/**",
            route => route.FulfillAsync(new() { Body = "the offer" })
        );
        var target = await maria.RunAndWaitForPageAsync(() =>
            letter.GetByRole(AriaRole.Link, new() { Name = "Offer for Q4" }).ClickAsync()
        );
        await target.WaitForURLAsync("https://files.northwind.test/offer-q4");
        await Expect(row).ToContainTextAsync("clicked");

        await row.GetByRole(AriaRole.Button, new() { NameRegex = new("1 open, 1 click|opens") }).ClickAsync();
        await Expect(row.GetByRole(AriaRole.Row).Filter(new() { HasText = "Opened" }).First).ToBeVisibleAsync();
        await Expect(row.GetByRole(AriaRole.Row).Filter(new() { HasText = "Clicked" }).First).ToBeVisibleAsync();

        await TheMailStandsOnTheTimelinesAsync(feed);
    }

    static async Task ComposeAsync(IPage outlook)
    {
        await outlook.GetByLabel("To", new() { Exact = true }).FillAsync("lead@contoso.test");
        await outlook.GetByLabel("Subject").FillAsync(Subject);
        await outlook
            .GetByLabel("Message body")
            .EvaluateAsync(
                """
                body => {
                    body.innerHTML = '<p>Dear Maria, here is our offer.</p>'
                        + '<p><a href="https://files.northwind.test/offer-q4">Offer for Q4</a></p><p>Anna</p>';
                    body.dispatchEvent(new Event('input', { bubbles: true }));
                }
                """
            );
        await outlook
            .GetByLabel("Attach file")
            .SetInputFilesAsync(
                new FilePayload
                {
                    Name = "Offer-Q4.txt",
                    MimeType = "text/plain",
                    Buffer = "120 scanners, delivered before Christmas"u8.ToArray(),
                }
            );
    }

    /// <summary>One button, Connect; Approve in the web app; the pane goes on by itself.</summary>
    static async Task<IFrameLocator> ConnectPaneAsync(IPage outlook)
    {
        await outlook.GetByRole(AriaRole.Button, new() { Name = "Sales tools" }).ClickAsync();
        var pane = outlook.FrameLocator("iframe[title='Sales tools']");
        var approval = await outlook.Context.RunAndWaitForPageAsync(() =>
            pane.GetByRole(AriaRole.Button, new() { Name = "Connect", Exact = true }).ClickAsync()
        );
        await approval.GetByRole(AriaRole.Button, new() { Name = "Approve" }).ClickAsync();
        await Expect(approval.GetByText("Outlook is connected")).ToBeVisibleAsync();
        await approval.CloseAsync();
        await Expect(pane.GetByRole(AriaRole.Checkbox, new() { Name = "Log email" }))
            .ToBeVisibleAsync(new() { Timeout = 20_000 });
        return pane;
    }

    static async Task TickTrackAndLogAsync(IPage outlook, IFrameLocator pane)
    {
        const string loggingAddress = "1000001@bcc.waybill.test";
        var log = pane.GetByRole(AriaRole.Checkbox, new() { Name = "Log email" });
        var track = pane.GetByRole(AriaRole.Checkbox, new() { Name = "Track email opens and clicks" });

        await log.CheckAsync();
        await Expect(outlook.GetByText(loggingAddress)).ToBeVisibleAsync();
        await log.UncheckAsync();
        await Expect(outlook.GetByText(loggingAddress)).ToHaveCountAsync(0);
        await log.CheckAsync();
        await Expect(outlook.GetByText(loggingAddress)).ToBeVisibleAsync();
        await track.CheckAsync();
        await Expect(pane.GetByText("will be tracked")).ToBeVisibleAsync();
    }

    async Task TheMailStandsOnTheTimelinesAsync(IPage page)
    {
        await page.GotoAsync($"{waybill.Url}/contacts");
        await page.GetByRole(AriaRole.Link, new() { Name = "Maria Nowak" }).First.ClickAsync();
        var mail = page.GetByRole(AriaRole.Article).Filter(new() { HasText = Subject });
        await Expect(mail).ToContainTextAsync("Opened");
        await Expect(mail).ToContainTextAsync("clicked");

        await mail.GetByRole(AriaRole.Button, new() { Name = "Expand" }).ClickAsync();
        await Expect(mail.FrameLocator("iframe").GetByText("here is our offer")).ToBeVisibleAsync();
        var link = mail.FrameLocator("iframe").GetByRole(AriaRole.Link, new() { Name = "Offer for Q4" });
        await Expect(link).ToHaveAttributeAsync("href", "https://files.northwind.test/offer-q4");
        await Expect(mail.FrameLocator("iframe").Locator("img")).ToHaveCountAsync(0);

        var download = await page.RunAndWaitForDownloadAsync(() =>
            mail.GetByRole(AriaRole.Link, new() { NameRegex = new("Offer-Q4.txt") }).ClickAsync()
        );
        Assert.Equal(
            "120 scanners, delivered before Christmas",
            await File.ReadAllTextAsync((await download.PathAsync())!)
        );

        foreach (
            var (list, name) in new[]
            {
                ("companies", "Contoso"),
                ("deals", "Framework 2027"),
                ("tickets", "Damaged pallet, order 8812"),
            }
        )
        {
            await page.GotoAsync($"{waybill.Url}/{list}");
            await page.GetByRole(AriaRole.Link, new() { Name = name, Exact = true }).First.ClickAsync();
            await Expect(page.GetByRole(AriaRole.Article).Filter(new() { HasText = Subject })).ToBeVisibleAsync();
        }
    }

    async Task SignInAsync(IPage page, string email)
    {
        await page.GotoAsync($"{waybill.Url}/feed");
        await page.GetByLabel("Email").FillAsync(email);
        await page.GetByLabel("Password").FillAsync(waybill.DemoPassword);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Feed" })).ToBeVisibleAsync();
    }

    sealed record Headline(long Id, string To, string Subject);

    async Task<MimeMessage> TheMailAsItLeftAsync(string to)
    {
        using var http = new HttpClient { BaseAddress = new Uri(waybill.Url) };
        var messages = await Until.NotEmptyAsync(() =>
            http.GetFromJsonAsync<Headline[]>($"/demo/inbox/messages?to={to}")
        );
        await using var raw = await http.GetStreamAsync($"/demo/inbox/messages/{messages[0].Id}/raw");
        return await MimeMessage.LoadAsync(raw);
    }

    /// <summary>Headless Chromium shows no desktop notification, so the page's own constructor is listened to.</summary>
    static async Task HearNotificationsAsync(IPage page) =>
        await page.AddInitScriptAsync(
            """
            window.heard = [];
            window.Notification = class { constructor(title) { window.heard.push(title); } close() {} addEventListener() {}
                static permission = 'granted'; static requestPermission() { return Promise.resolve('granted'); } };
            """
        );

    static async Task<string> NotificationsAsync(IPage page) =>
        await page.EvaluateAsync<string>("window.heard.join('|')");
}
