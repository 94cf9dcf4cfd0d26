using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Waybill.Server.Crm;
using Waybill.Server.Storage;
using Waybill.Server.Tracking;

namespace Waybill.Server.Feed;

/// <summary>What happened to one user's mail. Nobody reads another's feed, super admins included: every query starts from the user.</summary>
public static class ReadFeed
{
    public const int PageSize = 50;
    const int PeopleShown = 3;

    /// <summary>Newest event first, at most <see cref="PageSize"/> rows older than <paramref name="after"/>.</summary>
    public static async Task<FeedSlice> PageAsync(
        AppDb db,
        long userId,
        FeedFilter filter,
        FeedCursor? after = null,
        CancellationToken stop = default
    )
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(filter);
        var mails = Matching(db, userId, filter);
        if (after is not null)
            mails = mails.Where(m => m.LastEventAt < after.At || (m.LastEventAt == after.At && m.Id < after.MailId));
        var rows = await RowsAsync(
            db,
            mails.OrderByDescending(m => m.LastEventAt).ThenByDescending(m => m.Id).Take(PageSize + 1),
            stop
        );
        return rows.Count > PageSize
            ? new FeedSlice(rows[..PageSize], rows[PageSize - 1].Cursor)
            : new FeedSlice(rows, null);
    }

    /// <summary>One row as it is now; null when it is not this user's or the filter leaves it out.</summary>
    public static async Task<FeedRow?> RowAsync(
        AppDb db,
        long userId,
        long mailId,
        FeedFilter filter,
        CancellationToken stop = default
    ) => (await RowsAsync(db, Matching(db, userId, filter).Where(m => m.Id == mailId), stop)).SingleOrDefault();

    /// <summary>These mails as they are now, by id; those that are not this user's are absent.</summary>
    public static async Task<Dictionary<long, FeedRow>> RowsAsync(
        AppDb db,
        long userId,
        long[] mailIds,
        CancellationToken stop = default
    ) =>
        (
            await RowsAsync(db, Matching(db, userId, new FeedFilter()).Where(m => mailIds.Contains(m.Id)), stop)
        ).ToDictionary(r => r.MailId);

    public static Task<bool> AnyAsync(AppDb db, long userId, CancellationToken stop = default) =>
        Matching(db, userId, new FeedFilter()).AnyAsync(stop);

    static IQueryable<TrackedEmail> Matching(AppDb db, long userId, FeedFilter filter)
    {
        var mails = db.TrackedEmails.AsNoTracking().Where(m => m.UserId == userId && m.State == SendState.Sent);
        if (filter.State is { } state)
            mails = mails.Where(InState(state));
        if (filter.Text?.Trim() is not { Length: > 0 } text)
            return mails;
        var lower = text.ToLowerInvariant();
#pragma warning disable CA1304, CA1311, CA1862 // these run in the database, which has no culture and no comparison argument
        return mails.Where(m =>
            m.Subject.ToLower().Contains(lower)
            || m.Recipients.Any(r =>
                r.Address.Contains(lower)
                || r.Name.ToLower().Contains(lower)
                || db.Set<Record>().Any(c => c.Id == r.ContactId && c.Name.ToLower().Contains(lower))
            )
        );
#pragma warning restore CA1304, CA1311, CA1862
    }

    static Expression<Func<TrackedEmail, bool>> InState(FeedState state) =>
        state switch
        {
            FeedState.NotTracked => m => !m.Track || m.WhyNotTracked != null,
            FeedState.Clicked => m => m.Clicks > 0,
            FeedState.Opened => m => m.Opens > 0 && m.Clicks == 0,
            _ => m => m.Track && m.WhyNotTracked == null && m.Opens == 0 && m.Clicks == 0,
        };

    static FeedState StateOf(TrackedEmail mail) =>
        mail switch
        {
            { Clicks: > 0 } => FeedState.Clicked,
            { Opens: > 0 } => FeedState.Opened,
            { Track: true, WhyNotTracked: null } => FeedState.Sent,
            _ => FeedState.NotTracked,
        };

    static async Task<List<FeedRow>> RowsAsync(AppDb db, IQueryable<TrackedEmail> query, CancellationToken stop)
    {
        var mails = await query.Include(m => m.Recipients.OrderBy(r => r.Id)).ToListAsync(stop);
        var people = await PeopleOfAsync(db, mails, stop);
        var sums = await HitSumsAsync(db, [.. mails.Select(m => m.Id)], stop);
        return
        [
            .. mails.Select(mail => new FeedRow
            {
                MailId = mail.Id,
                Subject = mail.Subject,
                State = StateOf(mail),
                At = mail.LastEventAt,
                WhyNotTracked = mail.WhyNotTracked,
                Opens = mail.Opens,
                Clicks = mail.Clicks,
                AutomaticOpens = Automatic(sums[mail.Id], HitKind.Open),
                AutomaticClicks = Automatic(sums[mail.Id], HitKind.Click),
                AutomaticReason = sums[mail.Id]
                    .Where(s => s.Verdict is VerdictKind.Machine)
                    .MaxBy(s => s.Newest.Id)
                    ?.Newest.Reasons.FirstOrDefault(),
                Verdict = VerdictOf(StateOf(mail), sums[mail.Id]),
                People = people[mail.Id],
                PeopleCount = mail.Recipients.Count,
            }),
        ];
    }

    static int Automatic(IEnumerable<HitSum> sums, HitKind kind) =>
        sums.Where(s => s.Kind == kind && s.Verdict is VerdictKind.Machine).Sum(s => s.Count);

    static FeedVerdict? VerdictOf(FeedState state, IEnumerable<HitSum> sums)
    {
        if (state is not (FeedState.Opened or FeedState.Clicked))
            return null;
        var kind = state is FeedState.Clicked ? HitKind.Click : HitKind.Open;
        return sums.Where(s => s.Kind == kind && s.Verdict is not VerdictKind.Machine)
            .OrderBy(s => s.Verdict is VerdictKind.Human ? 0 : 1)
            .Select(s => new FeedVerdict(VerdictWords.Sure(s.Verdict), s.Newest.Reasons))
            .FirstOrDefault();
    }

    sealed record HitSum(HitKind Kind, VerdictKind Verdict, int Count, Hit Newest);

    /// <summary>A mail may have ten thousand hits: the database counts them and names the newest of each kind and verdict.</summary>
    static async Task<ILookup<long, HitSum>> HitSumsAsync(AppDb db, long[] mailIds, CancellationToken stop)
    {
        var groups = await db
            .Hits.Where(h => mailIds.Contains(h.TrackedEmailId))
            .GroupBy(h => new
            {
                h.TrackedEmailId,
                h.Kind,
                h.Verdict,
            })
            .Select(g => new
            {
                g.Key,
                Count = g.Count(),
                Newest = g.Max(h => h.Id),
            })
            .ToListAsync(stop);
        var newest = groups.Select(g => g.Newest).ToArray();
        var hits = await db.Hits.AsNoTracking().Where(h => newest.Contains(h.Id)).ToDictionaryAsync(h => h.Id, stop);
        return groups.ToLookup(
            g => g.Key.TrackedEmailId,
            g => new HitSum(g.Key.Kind, g.Key.Verdict, g.Count, hits[g.Newest])
        );
    }

    static async Task<Dictionary<long, List<FeedPerson>>> PeopleOfAsync(
        AppDb db,
        List<TrackedEmail> mails,
        CancellationToken stop
    )
    {
        var shown = mails.ToDictionary(m => m.Id, m => m.Recipients.Take(PeopleShown).ToList());
        var ids = shown.Values.SelectMany(r => r).Select(r => r.ContactId).OfType<long>().Distinct().ToArray();
        var companies =
            from association in db.Set<Association>()
            join company in db.Set<Record>() on association.ToId equals company.Id
            where association.ToType == RecordTypes.Company && !company.Archived
            select new
            {
                association.FromId,
                association.Primary,
                company.Id,
                company.Name,
            };
        var contacts = await db
            .Records.Where(c => ids.Contains(c.Id) && !c.Archived)
            .Select(c => new
            {
                c.Id,
                c.Name,
                Company = companies
                    .Where(company => company.FromId == c.Id)
                    .OrderByDescending(company => company.Primary)
                    .ThenBy(company => company.Id)
                    .Select(company => company.Name)
                    .FirstOrDefault(),
            })
            .ToDictionaryAsync(c => c.Id, stop);
        return shown.ToDictionary(
            mail => mail.Key,
            mail =>
                mail.Value.ConvertAll(r =>
                    r.ContactId is { } id && contacts.TryGetValue(id, out var contact)
                        ? new FeedPerson(FirstOf(contact.Name, r.Name, r.Address), r.Address, id, contact.Company)
                        : new FeedPerson(FirstOf(r.Name, r.Address), r.Address, null, null)
                )
        );
    }

    static string FirstOf(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
            if (!string.IsNullOrWhiteSpace(name))
                return name;
        return "";
    }
}
