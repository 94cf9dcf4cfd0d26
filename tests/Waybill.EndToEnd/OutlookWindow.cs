using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Waybill.EndToEnd;

/// <summary>A mail as a rep writes it in the Outlook simulator.</summary>
public sealed record Draft(string To, string Subject, string Body)
{
    public string Cc { get; init; } = "";
    public string? FileName { get; init; }
    public bool Track { get; init; } = true;
    public bool Log { get; init; } = true;
}

/// <summary>The simulator's page with the Sales tools pane beside the mail.</summary>
public sealed class OutlookWindow(IPage page)
{
    public IPage Page => page;

    /// <summary>What the pane speaks; the simulator around it speaks English.</summary>
    public Tongue Tongue { get; set; } = Tongue.English;

    /// <summary>The pane has words of its own (clients/shared/words).</summary>
    static readonly Dictionary<string, string> Logs = new()
    {
        ["en"] = "Log email",
        ["pl"] = "Zarejestruj wiadomość e-mail",
    };

    public IFrameLocator Pane => page.FrameLocator("iframe[title='Sales tools']");

    ILocator LogBox => Pane.GetByRole(AriaRole.Checkbox, new() { Name = Logs[Tongue.Code] });
    ILocator TrackBox => Pane.GetByRole(AriaRole.Checkbox, new() { Name = Tongue.Say("Track email opens and clicks") });

    /// <summary>One button, Connect; then Approve in the web app, which is handed out as it asks.</summary>
    public async Task ConnectAsync(Func<IPage, Task>? look = null)
    {
        await ShowPaneAsync();
        var approval = await page.Context.RunAndWaitForPageAsync(() =>
            Pane.GetByRole(AriaRole.Button, new() { Name = "Connect", Exact = true }).ClickAsync()
        );
        var approve = approval.GetByRole(AriaRole.Button, new() { Name = "Approve" });
        // The first such page of a fresh server is compiled while we wait.
        await Expect(approve).ToBeVisibleAsync(new() { Timeout = 20_000 });
        if (look is not null)
            await look(approval);
        await approve.ClickAsync();
        await Expect(approval.GetByText("Outlook is connected")).ToBeVisibleAsync();
        await approval.CloseAsync();
        await Expect(LogBox).ToBeVisibleAsync(new() { Timeout = 20_000 });
    }

    public async Task ShowPaneAsync() =>
        await page.GetByRole(AriaRole.Button, new() { Name = "Sales tools" }).ClickAsync();

    public async Task WriteAsync(Draft draft)
    {
        await page.GetByLabel("To", new() { Exact = true }).FillAsync(draft.To);
        await page.GetByLabel("Cc", new() { Exact = true }).FillAsync(draft.Cc);
        await page.GetByLabel("Subject").FillAsync(draft.Subject);
        await page.GetByLabel("Message body")
            .EvaluateAsync(
                "(body, html) => { body.innerHTML = html; body.dispatchEvent(new Event('input', { bubbles: true })); }",
                draft.Body
            );
        if (draft.FileName is not null)
            await page.GetByLabel("Attach file")
                .SetInputFilesAsync(
                    new FilePayload
                    {
                        Name = draft.FileName,
                        MimeType = "application/pdf",
                        Buffer = new byte[240_000],
                    }
                );
        if (!await page.Locator("#taskpane").IsVisibleAsync())
            await ShowPaneAsync();
        await Expect(LogBox).ToBeVisibleAsync();
        await LogBox.SetCheckedAsync(draft.Log);
        if (draft.Track)
        {
            await TrackBox.CheckAsync();
            await Expect(Pane.GetByText(Tongue.Say("{0} — will be tracked", "").Trim())).ToBeVisibleAsync();
        }
        else if (await TrackBox.GetAttributeAsync("aria-disabled") is null)
            await TrackBox.UncheckAsync();
    }

    public async Task SendAsync(Draft draft)
    {
        await WriteAsync(draft);
        await page.GetByRole(AriaRole.Button, new() { Name = "Send", Exact = true }).ClickAsync();
        await Expect(page.GetByText("Message sent")).ToBeVisibleAsync();
    }
}
