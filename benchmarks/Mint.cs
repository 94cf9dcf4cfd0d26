using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Waybill.Server.Identity;
using Waybill.Server.Storage;
using Waybill.Server.Tracking;
using Waybill.Server.Web;

namespace Waybill.Benchmarks;

/// <summary>Puts tracked mails into a data folder that a server has prepared and that none holds, and makes their links.</summary>
static class Mint
{
    const int Mails = 500;
    const int PerMail = 8;

    /// <summary>Writes one path a line: pixels to one file, links to the other.</summary>
    public static async Task FilesAsync(string data, string opens, string clicks)
    {
        await using var app = Open(data);
        var (pixels, links) = await PathsAsync(app.Services);
        await File.WriteAllLinesAsync(opens, pixels);
        await File.WriteAllLinesAsync(clicks, links);
    }

    /// <summary>The server's own services over the folder; nothing listens. It holds the folder until this process ends.</summary>
    public static WebApplication Open(string data) =>
        WaybillApp.Build([
            $"--WAYBILL_DATA={data}",
            "--WAYBILL_DEMO=1",
            "--WAYBILL_HTTP_PORT=0",
            "--WAYBILL_HTTPS_PORT=0",
            "--WAYBILL_SMTP_PORT=0",
        ]);

    static async Task<(List<string> Pixels, List<string> Links)> PathsAsync(IServiceProvider services)
    {
        var tokens = services.GetRequiredService<TrackingTokens>();
        await using var scope = services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AppDb>();
        var sender = await db.Set<User>().OrderBy(u => u.Id).FirstAsync();
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        var sent = Enumerable.Range(0, Mails).Select(i => Mail(sender.Id, i, now)).ToList();
        db.AddRange(sent);
        await db.SaveChangesAsync();
        List<string> pixels = [];
        List<string> links = [];
        for (var n = 0; n < PerMail; n++)
            foreach (var mail in sent)
            {
                pixels.Add(Path(tokens.PixelUrl(mail.Id)));
                links.Add(
                    Path(tokens.ClickUrl(mail.Id, n, $"https://example.com/landing/page?utm_source=waybill&n={n}"))
                );
            }
        return (pixels, links);
    }

    static string Path(string url) => new Uri(url).AbsolutePath;

    static TrackedEmail Mail(long sender, int number, DateTime now)
    {
        var mail = new TrackedEmail
        {
            UserId = sender,
            CreatedAt = now,
            Subject = $"Benchmark {number}",
            State = SendState.Sent,
            SentAt = now,
            Track = true,
            TrackOpens = true,
            TrackClicks = true,
            LastEventAt = now,
        };
        mail.Recipients.Add(new TrackedRecipient { Kind = "to", Address = $"reader{number}@perf.test" });
        return mail;
    }
}
