using System.Collections.Concurrent;
using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.EntityFrameworkCore;
using MimeKit;
using MimeKit.Utils;
using Waybill.Server.Kernel;
using Waybill.Server.Logging;
using Waybill.Server.Storage;
using Waybill.Server.Tracking;

namespace Waybill.EndToEnd;

/// <summary>
/// SIGKILL under mixed load. Whatever was acknowledged, a hit by its image or a mail by its 250, is there after the restart, once:
/// all the way to the rows behind feed and timeline.
/// </summary>
public sealed class KillTests(RunningWaybill waybill) : IClassFixture<RunningWaybill>
{
    const int Rounds = 3;
    const string Bcc = "1000001@bcc.waybill.test";

    readonly ConcurrentDictionary<string, bool> _hits = [];
    readonly ConcurrentDictionary<string, bool> _mails = [];

    [Fact]
    public async Task What_was_acknowledged_survives_kill_9_and_is_there_once()
    {
        var mailId = await AddTrackedEmailAsync();
        var pixel = MintPixel(mailId);
        for (var round = 0; round < Rounds; round++)
        {
            using var stop = new CancellationTokenSource();
            Task[] load =
            [
                .. Enumerable.Range(0, 8).Select(n => HitAsync(pixel, $"{round}-{n}", stop.Token)),
                .. Enumerable.Range(0, 3).Select(_ => MailAsync(stop.Token)),
            ];
            await Until.TrueAsync(() =>
                Task.FromResult(_hits.Count > 200 * (round + 1) && _mails.Count > 15 * (round + 1))
            );
            await Task.Delay(Random.Shared.Next(400));
            await waybill.KillAsync();
            await stop.CancelAsync();
            await Task.WhenAll(load);
            await waybill.StartAsync();
        }

        await using var db = Database();
        // Also mail and hits that were durable but not yet answered are there, so a count would say "done" too early.
        await Until.NoneAsync(async () => _hits.Keys.Except(await AgentsAsync(db)), "acknowledged hits are not there");
        await Until.NoneAsync(
            async () => _mails.Keys.Except(await LoggedAsync(db)),
            "acknowledged mails are not there"
        );
        var agents = await AgentsAsync(db);
        Assert.Equal(agents.Count, agents.Distinct().Count());
        var logged = await LoggedAsync(db);
        Assert.Equal(logged.Count, logged.Distinct().Count());
    }

    static Task<List<string>> AgentsAsync(AppDb db) => db.Hits.Select(h => h.UserAgent).ToListAsync();

    static Task<List<string>> LoggedAsync(AppDb db) => db.LoggedEmails.Select(e => e.MessageId).ToListAsync();

    /// <summary>Each hit carries a number of its own where the evidence keeps it: in the user agent.</summary>
    async Task HitAsync(string pixel, string worker, CancellationToken stop)
    {
        using var http = new HttpClient();
        for (var n = 0; !stop.IsCancellationRequested; n++)
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, pixel);
                var agent = $"Mozilla/5.0 (Windows NT 10.0) Kill/{worker}-{n}";
                request.Headers.TryAddWithoutValidation("User-Agent", agent);
                using var answer = await http.SendAsync(request, stop);
                if (answer.IsSuccessStatusCode)
                    _hits[agent] = true;
            }
            catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
            {
                return;
            }
    }

    async Task MailAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
            try
            {
                using var smtp = new SmtpClient();
                await smtp.ConnectAsync("127.0.0.1", waybill.SmtpPort, SecureSocketOptions.None, stop);
                for (var n = 0; n < 20; n++)
                {
                    var mail = new MimeMessage
                    {
                        Subject = "Kill",
                        MessageId = MimeUtils.GenerateMessageId("kill.test"),
                    };
                    mail.From.Add(MailboxAddress.Parse("anna@northwind.test"));
                    mail.To.Add(MailboxAddress.Parse("lead@contoso.test"));
                    mail.Body = new TextPart("plain") { Text = new string('x', n * 9000) };
                    await smtp.SendAsync(mail, mail.From.Mailboxes.First(), [MailboxAddress.Parse(Bcc)], stop);
                    _mails[mail.MessageId!] = true;
                }
            }
            catch (Exception)
            {
                // The server was killed under us; only what it had acknowledged counts.
                return;
            }
    }

    SqliteDb Database()
    {
        var options = new DbContextOptionsBuilder<SqliteDb>();
        SqliteDb.Configure(options, Path.Combine(waybill.Data, "waybill.db"));
        return new SqliteDb(options.Options);
    }

    async Task<long> AddTrackedEmailAsync()
    {
        await using var db = Database();
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        var mail = new TrackedEmail
        {
            UserId = (await db.Set<Server.Identity.User>().FirstAsync(u => u.Email == "anna@northwind.test")).Id,
            CreatedAt = now,
            LastEventAt = now,
            SentAt = now,
            State = SendState.Sent,
            TrackOpens = true,
            Track = true,
        };
        db.TrackedEmails.Add(mail);
        await db.SaveChangesAsync();
        return mail.Id;
    }

    string MintPixel(long mailId)
    {
        var options = new WaybillOptions
        {
            DataFolder = waybill.Data,
            Url = waybill.Url,
            TrackingUrl = waybill.Url,
            MailHost = "waybill.test",
        };
        return new TrackingTokens(LinkKeys.Open(options.InData("keys")), options).PixelUrl(mailId);
    }
}
