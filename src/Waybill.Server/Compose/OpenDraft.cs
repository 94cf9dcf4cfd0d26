using System.Globalization;
using System.Net;
using Microsoft.EntityFrameworkCore;
using Waybill.Server.Identity;
using Waybill.Server.Kernel;
using Waybill.Server.Storage;
using Waybill.Server.Tracking;

namespace Waybill.Server.Compose;

/// <summary>
/// The pane is open on a mail: its row is made or brought up to date, so that whatever happens at sending, what was cleared here
/// stands; and the pane learns what will happen.
/// </summary>
public sealed class OpenDraft(
    AppDb db,
    WaybillOptions options,
    TrackingTokens tokens,
    DraftTickets tickets,
    ComposeWords words,
    TimeProvider clock
)
{
    const int LongestSubject = 1000;

    public async Task<DraftAnswer> RunAsync(User user, DraftRequest request, CancellationToken stop)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var composed = await ComposedMail.ReadAsync(db, options, user, request.From, request.Recipients, stop);
        var mail = await FindAsync(user, request.DraftId, stop) ?? Add(user, now);
        if (mail.State == SendState.Draft)
            Put(mail, composed, request, now);
        await db.SaveChangesAsync(stop);

        var people = await PreviewLog.PeopleAsync(db, composed, words, now, stop);
        var records = await PreviewLog.RecordsAsync(db, composed, words, stop);
        var company = people is [var only] ? only.Company : null;
        return new DraftAnswer(
            mail.Id.ToString(CultureInfo.InvariantCulture),
            tickets.Mint(new DraftTicket(mail.Id, user.Id)),
            request.Track && composed.Tracking.Opens ? Pixel(tokens.PixelUrl(mail.Id)) : null,
            options.BccAddress,
            words.Track(composed, request.Track, company),
            new LogPreview(words.Log(composed, records), records),
            people
        );
    }

    /// <summary>An id that is another user's, or nobody's, gets a new draft and learns nothing.</summary>
    async Task<TrackedEmail?> FindAsync(User user, string? draftId, CancellationToken stop) =>
        long.TryParse(draftId, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? await db
                .TrackedEmails.Include(e => e.Recipients)
                .FirstOrDefaultAsync(e => e.Id == id && e.UserId == user.Id, stop)
            : null;

    TrackedEmail Add(User user, DateTime now)
    {
        var mail = new TrackedEmail
        {
            UserId = user.Id,
            CreatedAt = now,
            LastEventAt = now,
        };
        db.TrackedEmails.Add(mail);
        return mail;
    }

    /// <summary>A mail that has left is history: a poll that comes late changes nothing about it.</summary>
    static void Put(TrackedEmail mail, ComposedMail composed, DraftRequest request, DateTime now)
    {
        var decision = composed.Tracking;
        mail.Subject = Cut(request.Subject);
        mail.Track = request.Track;
        mail.Log = request.Log && composed.Logging == LogAnswer.Logged;
        mail.TrackOpens = request.Track && decision.Opens;
        mail.TrackClicks = request.Track && decision.Clicks;
        mail.LastEventAt = now;
        composed.PutRecipients(mail);
    }

    public static string Cut(string? subject)
    {
        subject = subject?.Trim() ?? "";
        return subject.Length > LongestSubject ? subject[..LongestSubject] : subject;
    }

    public static string Pixel(string url) =>
        $"<img src=\"{WebUtility.HtmlEncode(url)}\" width=\"1\" height=\"1\" alt=\"\" style=\"border:0;width:1px;height:1px\">";
}
