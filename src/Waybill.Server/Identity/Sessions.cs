using System.Data.Common;
using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using OpenIddict.Abstractions;
using Waybill.Server.Storage;
using Waybill.Server.Ui;

namespace Waybill.Server.Identity;

/// <summary>
/// Signed-in browsers: open, look, end. Looked up on every request, so ending one counts at once; a page that stays open hears within a
/// minute (<see cref="OpenPages"/>).
/// </summary>
public static class Sessions
{
    /// <summary>Without a visit for this long it is over.</summary>
    public static readonly TimeSpan Idle = TimeSpan.FromDays(30);

    /// <summary>And in any case after this.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(90);

    /// <summary>How exactly the last visit is kept: enough to tell devices apart, no diary, and few writes.</summary>
    public static readonly TimeSpan Coarse = TimeSpan.FromMinutes(5);

    /// <summary>How long a proof is good for changes to how one signs in.</summary>
    public static readonly TimeSpan ProofLasts = TimeSpan.FromMinutes(15);

    public static long IdOf(ClaimsPrincipal? principal) =>
        long.TryParse(principal?.FindFirst(SessionClaims.Session)?.Value, out var id) ? id : 0;

    public static async Task<Session> OpenAsync(
        AppDb db,
        TimeProvider clock,
        long userId,
        string stamp,
        string userAgent,
        CancellationToken stop
    )
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var (browser, system) = BrowserNames.Of(userAgent);
        var session = new Session
        {
            UserId = userId,
            Stamp = stamp,
            CreatedAt = now,
            SeenAt = now,
            ProvedAt = now,
            Browser = browser,
            System = system,
        };
        db.Sessions.Add(session);
        await db.SaveChangesAsync(stop);
        return session;
    }

    /// <summary>Whose session this is; null when it is over.</summary>
    public static async Task<User?> UserOfAsync(
        AppDb db,
        TimeProvider clock,
        ClaimsPrincipal? principal,
        CancellationToken stop
    )
    {
        var sessionId = IdOf(principal);
        var userId = Viewer.IdOf(principal) ?? 0;
        var now = clock.GetUtcNow().UtcDateTime;
        var found = await Live(db, userId, now)
            .Where(s => s.Id == sessionId)
            .Join(db.Users, s => s.UserId, u => u.Id, (s, u) => new { Seen = s.SeenAt, User = u })
            .AsNoTracking()
            .FirstOrDefaultAsync(stop);
        if (found is not null && now - found.Seen > Coarse)
            await SeenAsync(db, sessionId, now, stop);
        return found?.User;
    }

    public static Task<List<Session>> OfAsync(AppDb db, TimeProvider clock, long userId, CancellationToken stop) =>
        Live(db, userId, clock.GetUtcNow().UtcDateTime)
            .AsNoTracking()
            .OrderByDescending(s => s.SeenAt)
            .ThenByDescending(s => s.Id)
            .ToListAsync(stop);

    public static async Task<bool> HasFreshProofAsync(
        AppDb db,
        TimeProvider clock,
        ClaimsPrincipal principal,
        CancellationToken stop
    )
    {
        var id = IdOf(principal);
        var since = clock.GetUtcNow().UtcDateTime - ProofLasts;
        return await db.Sessions.AnyAsync(s => s.Id == id && s.ProvedAt > since, stop);
    }

    public static Task ProvedAsync(AppDb db, TimeProvider clock, long sessionId, CancellationToken stop)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        return db
            .Sessions.Where(s => s.Id == sessionId)
            .ExecuteUpdateAsync(change => change.SetProperty(s => s.ProvedAt, now), stop);
    }

    /// <summary>Ends one at once. False when it isn't this user's.</summary>
    public static async Task<bool> EndAsync(AppDb db, long userId, long id, CancellationToken stop = default) =>
        await db.Sessions.Where(s => s.Id == id && s.UserId == userId).ExecuteDeleteAsync(stop) == 1;

    /// <summary>Ends all but the one that asks, which goes on under the user's new stamp.</summary>
    public static async Task EndOthersAsync(AppDb db, User user, long keep, CancellationToken stop = default)
    {
        var stamp = user.SecurityStamp ?? "";
        await db.Sessions.Where(s => s.UserId == user.Id && s.Id != keep).ExecuteDeleteAsync(stop);
        await db
            .Sessions.Where(s => s.UserId == user.Id && s.Id == keep)
            .ExecuteUpdateAsync(change => change.SetProperty(s => s.Stamp, stamp), stop);
    }

    /// <summary>Every browser, and every pane and program that was let in.</summary>
    public static async Task EndEverywhereAsync(
        AppDb db,
        UserManager<User> users,
        IOpenIddictAuthorizationManager authorizations,
        IOpenIddictTokenManager tokens,
        User user,
        CancellationToken stop = default
    )
    {
        await users.UpdateSecurityStampAsync(user);
        await db.Sessions.Where(s => s.UserId == user.Id).ExecuteDeleteAsync(stop);
        var subject = user.Id.ToString(CultureInfo.InvariantCulture);
        await authorizations.RevokeBySubjectAsync(subject, stop);
        await tokens.RevokeBySubjectAsync(subject, stop);
    }

    static IQueryable<Session> Live(AppDb db, long userId, DateTime now)
    {
        var idle = now - Idle;
        var longest = now - Longest;
        var users = db.Users;
        return db.Sessions.Where(s =>
            s.UserId == userId
            && s.SeenAt > idle
            && s.CreatedAt > longest
            && users.Any(u => u.Id == s.UserId && u.Active && u.SecurityStamp == s.Stamp)
        );
    }

    static async Task SeenAsync(AppDb db, long id, DateTime now, CancellationToken stop)
    {
        try
        {
            await db
                .Sessions.Where(s => s.Id == id)
                .ExecuteUpdateAsync(change => change.SetProperty(s => s.SeenAt, now), stop);
        }
        catch (DbException)
        {
            // A database that can be read but not written must not sign anyone out.
        }
    }
}
