using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Waybill.Mail;
using Waybill.Server.Identity;
using Waybill.Server.Kernel;
using Waybill.Server.Logging;
using Waybill.Server.Storage;
using Waybill.Server.Timeline;
using Waybill.Server.Tracking;

namespace Waybill.Server.Compose;

/// <summary>
/// A mail is about to leave: read the draft, decide, mint, rewrite, save, reply. It never waits longer than <see cref="Bound"/>; past
/// it the reply is what was decided by then, and the mail leaves with that. Called twice for one mail it changes nothing the second time.
/// </summary>
public sealed class PrepareSend(
    IDbContextFactory<AppDb> database,
    TrackingTokens tokens,
    MailTickets headers,
    ComposeWords words,
    WaybillOptions options,
    Hints hints,
    TimeProvider clock,
    ILogger<PrepareSend> log
)
{
    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(2.5);

    /// <summary>Null: no such draft, or its user may no longer sign in.</summary>
    public async Task<SendAnswer?> RunAsync(DraftTicket ticket, SendRequest request, CancellationToken aborted)
    {
        using var bound = new CancellationTokenSource(Bound, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(bound.Token, aborted);
        var stop = both.Token;
        ComposedMail? mail;
        try
        {
            mail = await Within(() => ReadAsync(ticket, request, stop), stop);
        }
        catch (Exception error) when (IsAway(error))
        {
            log.LogWarning(error, "Draft {MailId} could not be read in time", ticket.MailId);
            return Nothing(words.TooSlow);
        }
        if (mail is null)
            return null;
        ComposeWords.Speak(mail.User);
        var decision = request.Track ? mail.Tracking : default;
        var logs = request.Log && mail.Logging == LogAnswer.Logged;
        var rewritten = Rewrite(ticket.MailId, request, decision);
        var answer = Reply(ticket, request, mail, decision, logs, rewritten);
        try
        {
            await Within(() => SaveAsync(ticket, request, mail, decision, logs, rewritten, stop), stop);
        }
        catch (Exception error) when (IsAway(error))
        {
            log.LogWarning(error, "Mail {MailId} leaves before it could be marked as sent", ticket.MailId);
        }
        return answer;
    }

    async Task<ComposedMail?> ReadAsync(DraftTicket ticket, SendRequest request, CancellationToken stop)
    {
        await using var db = await database.CreateDbContextAsync(stop);
        var user = await db.Users.AsNoTracking().FirstOrDefaultAsync(u => u.Id == ticket.UserId && u.Active, stop);
        if (
            user is null
            || !await db.TrackedEmails.AnyAsync(e => e.Id == ticket.MailId && e.UserId == ticket.UserId, stop)
        )
            return null;
        return await ComposedMail.ReadAsync(db, options, user, request.From, request.Recipients, stop);
    }

    /// <summary>
    /// Takes off what an earlier round or an earlier mail put in, also when nothing is put in now. A body with pictures in it is left
    /// alone: Outlook breaks such bodies when they are set (office-js issue 6780).
    /// </summary>
    TrackedHtmlResult? Rewrite(long mailId, SendRequest request, TrackDecision decision) =>
        request.HasInlineImages || string.IsNullOrEmpty(request.Html)
            ? null
            : TrackedHtml.Rewrite(
                request.Html,
                new TrackedHtmlPlan
                {
                    Own = tokens.Own,
                    Wrap = link =>
                        decision.Clicks && TrackingTokens.CanWrap(link.Url)
                            ? tokens.ClickUrl(mailId, link.Index, link.Url)
                            : null,
                    PixelUrl = decision.Opens && !request.PixelAppended ? tokens.PixelUrl(mailId) : null,
                }
            );

    SendAnswer Reply(
        DraftTicket ticket,
        SendRequest request,
        ComposedMail mail,
        TrackDecision decision,
        bool logs,
        TrackedHtmlResult? rewritten
    )
    {
        var wantsPixel = decision.Opens && !request.PixelAppended && rewritten is not { PixelInserted: true };
        return new SendAnswer(
            rewritten is not null && rewritten.Html != request.Html ? rewritten.Html : null,
            wantsPixel ? OpenDraft.Pixel(tokens.PixelUrl(ticket.MailId)) : null,
            logs
                ? new Dictionary<string, string>
                {
                    [MailTickets.Header] = headers.Mint(new MailTicket(ticket.MailId, ticket.UserId)),
                }
                : [],
            logs ? new BccChange([options.BccAddress], []) : new BccChange([], [options.BccAddress]),
            request.Track && words.WhyNot(mail) is { } reason ? words.SentUntracked(reason)
                : decision.Clicks && request.HasInlineImages ? words.LinksLeftAlone
                : null
        );
    }

    async Task<bool> SaveAsync(
        DraftTicket ticket,
        SendRequest request,
        ComposedMail composed,
        TrackDecision decision,
        bool logs,
        TrackedHtmlResult? rewritten,
        CancellationToken stop
    )
    {
        await using var db = await database.CreateDbContextAsync(stop);
        var mail = await db
            .TrackedEmails.Include(e => e.Recipients)
            .Include(e => e.Links)
            .AsSplitQuery()
            .FirstAsync(e => e.Id == ticket.MailId, stop);
        var leaves = !request.Prepare && (request.Track || logs);
        if (mail.State == SendState.Sent && request.Prepare)
            return false;
        var now = clock.GetUtcNow().UtcDateTime;
        mail.Subject = OpenDraft.Cut(request.Subject);
        mail.Track = request.Track;
        mail.Log = logs;
        mail.TrackOpens = decision.Opens;
        mail.TrackClicks = decision.Clicks && rewritten is not null;
        // Also when the box was not ticked: where it could not be, that is why.
        mail.WhyNotTracked = Refusal.Of(composed)?.Stored;
        composed.PutRecipients(mail);
        PutLinks(mail, rewritten);
        var first = leaves && mail.State == SendState.Draft;
        if (first)
        {
            mail.State = SendState.Sent;
            mail.SentAt = now;
            mail.LastEventAt = now;
        }
        await db.SaveChangesAsync(stop);
        if (first)
            await hints.PublishAsync(new MailChanged(ticket.UserId, ticket.MailId, null));
        return true;
    }

    static void PutLinks(TrackedEmail mail, TrackedHtmlResult? rewritten)
    {
        var wrapped = (rewritten?.Links ?? []).Where(l => l.Outcome == LinkOutcome.Wrapped).ToList();
        mail.Links.RemoveAll(row => !wrapped.Exists(l => l.Index == row.Number && l.Url == row.Url));
        foreach (var link in wrapped.Where(l => !mail.Links.Exists(row => row.Number == l.Index)))
            mail.Links.Add(
                new Tracking.TrackedLink
                {
                    Number = link.Index,
                    Url = link.Url,
                    Text = link.Text,
                }
            );
    }

    static SendAnswer Nothing(string message) =>
        new(null, null, new Dictionary<string, string>(), new([], []), message);

    /// <summary>SQLite waits for a lock without looking at the token, so the step is left to itself and not waited for.</summary>
    static Task<T> Within<T>(Func<Task<T>> step, CancellationToken stop) =>
        Task.Run(step, CancellationToken.None).WaitAsync(stop);

    static bool IsAway(Exception error) =>
        error is OperationCanceledException or DbException or DbUpdateException or TimeoutException
        || Outage.IsOutage(error);
}
