using Microsoft.Playwright;

namespace Waybill.EndToEnd;

/// <summary>Debian's Chromium, headless. It talks to this machine only.</summary>
public sealed class Browser : IAsyncLifetime
{
    IPlaywright? _playwright;
    IBrowser? _browser;

    public async ValueTask InitializeAsync()
    {
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(
            new BrowserTypeLaunchOptions
            {
                ExecutablePath = Environment.GetEnvironmentVariable("CHROMIUM") ?? "/usr/bin/chromium",
                Args =
                [
                    "--no-sandbox",
                    "--disable-gpu",
                    "--disable-quic",
                    "--disable-background-networking",
                    "--disable-component-update",
                    "--disable-sync",
                    "--no-first-run",
                ],
            }
        );
    }

    public async Task<IBrowserContext> NewPersonAsync(
        int width = 1280,
        int height = 800,
        ColorScheme scheme = ColorScheme.Light
    ) =>
        await _browser!.NewContextAsync(
            new BrowserNewContextOptions
            {
                IgnoreHTTPSErrors = true,
                ViewportSize = new ViewportSize { Width = width, Height = height },
                ColorScheme = scheme,
                Locale = "en-GB",
                TimezoneId = "Europe/Warsaw",
            }
        );

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
    }
}
