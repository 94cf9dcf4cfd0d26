using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace Waybill.EndToEnd;

/// <summary>What goes wrong behind a page: scripts, the console, answers.</summary>
static class Faults
{
    /// <param name="page">Listened to from now on.</param>
    /// <param name="status">What the page itself is expected to answer.</param>
    public static ConcurrentQueue<string> Of(IPage page, int status = 200)
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
            if (answer.Url.EndsWith("/connect/token", StringComparison.Ordinal))
                return; // 400 says that the approval is still awaited (RFC 8628 section 3.5)
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
}
