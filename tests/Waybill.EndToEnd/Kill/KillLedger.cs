using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Waybill.Server.Crm;
using Waybill.Server.Feed;
using Waybill.Server.Identity;
using Waybill.Server.Kernel;
using Waybill.Server.Keys;
using Waybill.Server.Logging;
using Waybill.Server.Search;
using Waybill.Server.Storage;
using Waybill.Server.Timeline;
using Waybill.Server.Tracking;

namespace Waybill.EndToEnd.Kill;

/// <summary>Compares what was acknowledged with what is shown: rows, counters, feed, timelines, attachments.</summary>
public sealed class KillLedger(string data)
{
    const int TrackedMails = 10;
    const string Sender = "anna@northwind.test";
    const string Contact = "lead@contoso.test";
    readonly List<string> _wrong = [];

    /// <summary>Tracked mails as sent by the add-in; the paths of their pixels and links.</summary>
    public async Task<IReadOnlyList<string>> AddTrackedMailsAsync()
    {
        await using var db = Database();
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        var user = await SenderIdAsync(db);
        var mails = Enumerable
            .Range(0, TrackedMails)
            .Select(n => new TrackedEmail
            {
                UserId = user,
                Subject = $"Kill {n}",
                CreatedAt = now,
                LastEventAt = now,
                SentAt = now,
                State = SendState.Sent,
                Track = true,
                TrackOpens = true,
                TrackClicks = true,
                Recipients =
                {
                    new TrackedRecipient { Kind = "to", Address = Contact },
                },
            })
            .ToList();
        db.TrackedEmails.AddRange(mails);
        await db.SaveChangesAsync();
        var options = new WaybillOptions
        {
            DataFolder = data,
            Url = "http://localhost",
            TrackingUrl = "http://localhost",
            MailHost = "waybill.test",
        };
        using var ring = new KeyRing(options, MasterKey.Read(options), TimeProvider.System);
        var tokens = new TrackingTokens(new LinkKeys(ring), options);
        return
        [
            .. mails
                .SelectMany(m => new[] { tokens.PixelUrl(m.Id), tokens.ClickUrl(m.Id, 1, "https://example.com/offer") })
                .Select(url => new Uri(url).AbsolutePath),
        ];
    }

    public async Task<bool> MissesNoneAsync(KillLoad load)
    {
        await using var db = Database();
        return !load.Hits.Keys.Except(await db.Hits.Select(h => h.UserAgent).ToListAsync()).Any()
            && !load.Mails.Keys.Except(await db.LoggedEmails.Select(e => e.MessageId).ToListAsync()).Any();
    }

    public async Task<IReadOnlyList<string>> CompareAsync(KillLoad load, Action<string> say)
    {
        await using var db = Database();
        await HitsAsync(db, load, say);
        await CountersAndFeedAsync(db);
        await MailsAsync(db, load, say);
        await TimelinesAsync(db);
        await AttachmentsAsync(db, load);
        Expect(0, Directory.GetFiles(Path.Combine(data, "blobs"), "*.part").Length, "unfinished stored files");
        foreach (var lane in Directory.GetDirectories(Path.Combine(data, "spool")))
            Expect(
                0,
                Directory.GetFiles(Path.Combine(lane, "parked")).Length,
                $"parked items of {Path.GetFileName(lane)}"
            );
        return _wrong;
    }

    /// <summary>More may be there than was acknowledged: what was on disk when the answer could no longer leave.</summary>
    async Task HitsAsync(AppDb db, KillLoad load, Action<string> say)
    {
        var found = await db.Hits.Select(h => h.UserAgent).ToListAsync();
        var lost = load.Hits.Keys.Except(found).ToList();
        var doubled = found.Count - found.Distinct().Count();
        say($"hits: acknowledged {load.Hits.Count}, found {found.Count}, lost {lost.Count}, doubled {doubled}");
        Expect(0, lost.Count, $"acknowledged hits lost ({string.Join(", ", lost.Take(5))})");
        Expect(0, doubled, "hits stored twice");
    }

    async Task CountersAndFeedAsync(AppDb db)
    {
        var rows = (await db.Hits.AsNoTracking().ToListAsync()).ToLookup(h => h.TrackedEmailId);
        var feed = await ReadFeed.PageAsync(db, await SenderIdAsync(db), new FeedFilter());
        foreach (
            var mail in await db.TrackedEmails.AsNoTracking().Where(m => m.Subject.StartsWith("Kill ")).ToListAsync()
        )
        {
            var hits = rows[mail.Id].ToList();
            var people = hits.FindAll(h => h.Verdict != VerdictKind.Machine);
            Expect(people.Count(h => h.Kind == HitKind.Open), mail.Opens, $"opens counted on {mail.Subject}");
            Expect(people.Count(h => h.Kind == HitKind.Click), mail.Clicks, $"clicks counted on {mail.Subject}");
            Expect(hits.Count - people.Count, mail.MachineHits, $"automatic hits counted on {mail.Subject}");
            var shown = feed.Rows.Where(r => r.MailId == mail.Id).ToList();
            Expect(1, shown.Count, $"rows of {mail.Subject} in the feed");
            if (people.Count > 0)
                Expect(people.Max(h => h.At), mail.LastEventAt, $"time of the newest event of {mail.Subject}");
        }
    }

    async Task MailsAsync(AppDb db, KillLoad load, Action<string> say)
    {
        var found = await db.LoggedEmails.Select(e => e.MessageId).ToListAsync();
        var lost = load.Mails.Keys.Except(found).ToList();
        var doubled = found.Count - found.Distinct().Count();
        say($"mails: acknowledged {load.Mails.Count}, found {found.Count}, lost {lost.Count}, doubled {doubled}");
        Expect(0, lost.Count, $"acknowledged mails lost ({string.Join(", ", lost.Take(5))})");
        Expect(0, doubled, "mails logged twice");
        Expect(0, await db.NotLogged.CountAsync(), "mails not logged");
        Expect(
            found.Count,
            await db.Records.CountAsync(r => r.Type == RecordTypes.Email),
            "email records for the logged mails"
        );
        var logged = db.LoggedEmails;
        var searched = await db.Set<SearchEntry>()
            .Where(e => logged.Any(l => l.RecordId == e.RecordId))
            .Select(e => e.RecordId)
            .ToListAsync();
        Expect(found.Count, searched.Distinct().Count(), "logged mails that can be searched for");
        Expect(found.Count, searched.Count, "search entries of logged mails");
    }

    /// <summary>As the contact's page reads it: each mail stands there once; nowhere does one stand twice.</summary>
    async Task TimelinesAsync(AppDb db)
    {
        var contact = await db.ContactAddresses.Where(a => a.Address == Contact).Select(a => a.ContactId).SingleAsync();
        var shown = new List<long>();
        TimelineCursor? before = null;
        do
        {
            var page = await ReadTimeline.PageAsync(db, contact, TimelineKinds.Email, before, 500);
            shown.AddRange(page.Entries.Select(e => e.SubjectId ?? 0));
            before = page.Older;
        } while (before is not null);
        var logged = await db.LoggedEmails.Select(e => e.RecordId).ToListAsync();
        Expect(0, logged.Except(shown).Count(), "logged mails that are not on the contact's timeline");
        Expect(shown.Count, shown.Distinct().Count(), "different mails on the contact's timeline");
        var entries = await db
            .Timeline.Where(t => t.SubjectId != null)
            .Select(t => new
            {
                t.RecordId,
                t.SubjectId,
                t.Kind,
            })
            .ToListAsync();
        Expect(entries.Count, entries.Distinct().Count(), "different timeline entries");
    }

    async Task AttachmentsAsync(AppDb db, KillLoad load)
    {
        var blobs = new Blobs(Path.Combine(data, "blobs"));
        var logged = await db.LoggedEmails.AsNoTracking().Include(e => e.Attachments).ToListAsync();
        foreach (var mail in logged)
        {
            if (load.Mails.TryGetValue(mail.MessageId, out var attached))
                Expect(
                    attached,
                    string.Join(",", mail.Attachments.Select(a => a.Blob)),
                    $"attachments of {mail.MessageId}"
                );
            foreach (var blob in mail.Attachments.Select(a => a.Blob).Append(mail.RawBlob))
            {
                await using var stream = blobs.Open(blob);
                if (stream is null || Convert.ToHexStringLower(await SHA256.HashDataAsync(stream)) != blob)
                    _wrong.Add(
                        $"The stored file {blob} of {mail.MessageId} is {(stream is null ? "gone" : "damaged")}."
                    );
            }
        }
    }

    void Expect<T>(T expected, T actual, string what)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
            _wrong.Add($"{what}: {actual} instead of {expected}");
    }

    static async Task<long> SenderIdAsync(AppDb db) =>
        await db.Users.Where(u => u.Email == Sender).Select(u => u.Id).SingleAsync();

    SqliteDb Database()
    {
        var options = new DbContextOptionsBuilder<SqliteDb>();
        SqliteDb.Configure(options, Path.Combine(data, "waybill.db"));
        return new SqliteDb(options.Options);
    }
}
