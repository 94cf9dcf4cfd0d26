using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.EntityFrameworkCore;
using MimeKit;
using Waybill.Server.Kernel;
using Waybill.Server.Storage;

namespace Waybill.Server.Notices;

/// <summary>
/// Empties the outbox into the relay, oldest due first. A kill between the relay's yes and our commit sends the notice again under the
/// same Message-ID. There is one of it, since one server holds the data folder.
/// </summary>
sealed class SendNotices(
    IDbContextFactory<AppDb> database,
    DatabaseReady ready,
    WaybillOptions options,
    NoticesMeter meter,
    TimeProvider clock,
    ILogger<SendNotices> log
) : BackgroundService
{
    const int Batch = 20;
    static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    bool _relayWasAway;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await ready.OnceAsync(stoppingToken);
        var tidiedAt = DateTime.MinValue;
        while (!stoppingToken.IsCancellationRequested)
            try
            {
                if (options.Relay is { } relay)
                    await SendDueAsync(relay, stoppingToken);
                await using var db = await database.CreateDbContextAsync(stoppingToken);
                meter.Queued = await db.Notices.CountAsync(n => n.State == NoticeState.Queued, stoppingToken);
                var now = clock.GetUtcNow().UtcDateTime;
                if (now - tidiedAt > TimeSpan.FromHours(1))
                {
                    await TidyNotices.NowAsync(db, now, stoppingToken);
                    tidiedAt = now;
                }
                await Task.Delay(Look, clock, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                log.LogWarning(error, "The outbox can't be read; the notices in it wait");
                await Task.Delay(TimeSpan.FromSeconds(5), clock, stoppingToken)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
    }

    async Task SendDueAsync(RelayOptions relay, CancellationToken stop)
    {
        await using var db = await database.CreateDbContextAsync(stop);
        var now = clock.GetUtcNow().UtcDateTime;
        var due = await db
            .Notices.Where(n => n.State == NoticeState.Queued && n.NextTryAt <= now)
            .OrderBy(n => n.NextTryAt)
            .ThenBy(n => n.Id)
            .Take(Batch)
            .ToListAsync(stop);
        if (due.Count == 0)
            return;
        using var smtp = new SmtpClient { Timeout = 30_000, LocalDomain = options.MailHost };
        for (var i = 0; i < due.Count; i++)
        {
            var ready = false;
            try
            {
                if (!smtp.IsConnected)
                    await ConnectAsync(smtp, relay, stop);
                ready = true;
                await smtp.SendAsync(Mime(due[i], relay), stop);
            }
            catch (Exception error) when (!stop.IsCancellationRequested)
            {
                var obstacle = AfterATry.Of(error, ready);
                Stumbled(due[i], obstacle, error);
                if (obstacle != Obstacle.Relay)
                {
                    await db.SaveChangesAsync(stop);
                    continue;
                }
                // What keeps one from leaving keeps all.
                foreach (var other in due.Skip(i + 1))
                    Stumbled(other, obstacle, error);
                await db.SaveChangesAsync(stop);
                return;
            }
            Sent(due[i]);
            await db.SaveChangesAsync(CancellationToken.None);
            if (_relayWasAway)
                await HurryAsync(db, stop);
        }
        await smtp.DisconnectAsync(quit: true, stop);
    }

    static async Task ConnectAsync(SmtpClient smtp, RelayOptions relay, CancellationToken stop)
    {
        var security = relay.Security switch
        {
            RelaySecurity.Tls => SecureSocketOptions.SslOnConnect,
            RelaySecurity.StartTls => SecureSocketOptions.StartTls,
            _ => SecureSocketOptions.None,
        };
        await smtp.ConnectAsync(relay.Host, relay.Port, security, stop);
        if (relay is { User: { } user, Password: { } password })
            await smtp.AuthenticateAsync(user, password, stop);
    }

    static MimeMessage Mime(Notice notice, RelayOptions relay)
    {
        var mime = new MimeMessage
        {
            MessageId = notice.MessageId,
            Date = new DateTimeOffset(notice.QueuedAt),
            Subject = notice.Subject,
            Body = new BodyBuilder { TextBody = notice.Text, HtmlBody = notice.Html }.ToMessageBody(),
        };
        mime.From.Add(new MailboxAddress("Waybill", relay.From.Text));
        mime.To.Add(new MailboxAddress(notice.ToName, notice.To));
        // RFC 3834: no out-of-office answers to us.
        mime.Headers.Add(HeaderId.AutoSubmitted, "auto-generated");
        return mime;
    }

    void Sent(Notice notice)
    {
        notice.State = NoticeState.Sent;
        notice.Tries++;
        notice.EndedAt = clock.GetUtcNow().UtcDateTime;
        notice.Reason = null;
        notice.Text = notice.Html = "";
        meter.Sent();
    }

    void Stumbled(Notice notice, Obstacle obstacle, Exception error)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        notice.Tries++;
        notice.Reason = error.Message.Length > 500 ? error.Message[..500] : error.Message;
        var pause =
            obstacle == Obstacle.Relay ? AfterATry.PauseOfRelay(notice.Tries) : AfterATry.PauseOfOne(notice.Tries);
        _relayWasAway |= obstacle == Obstacle.Relay;
        if (AfterATry.NextTry(obstacle, pause, notice.GiveUpAt, now) is { } next)
        {
            notice.NextTryAt = next;
            log.LogInformation("Notice {Id} waits until {At:u}: {Why}", notice.Id, next, obstacle);
            return;
        }
        notice.State = NoticeState.Failed;
        notice.EndedAt = now;
        meter.Failed();
        log.LogWarning("Notice {Id} is given up: {Why}", notice.Id, obstacle);
    }

    /// <summary>The relay is back: what waited for it need not wait longer.</summary>
    async Task HurryAsync(AppDb db, CancellationToken stop)
    {
        _relayWasAway = false;
        var now = clock.GetUtcNow().UtcDateTime;
        var soon = now + TimeSpan.FromMinutes(6);
        await db
            .Notices.Where(n => n.State == NoticeState.Queued && n.NextTryAt > now && n.NextTryAt < soon)
            .ExecuteUpdateAsync(set => set.SetProperty(n => n.NextTryAt, now), stop);
    }
}
