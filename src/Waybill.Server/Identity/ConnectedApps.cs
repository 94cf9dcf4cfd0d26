using System.Globalization;
using Microsoft.EntityFrameworkCore;
using OpenIddict.Abstractions;
using OpenIddict.EntityFrameworkCore.Models;
using Waybill.Server.Storage;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Waybill.Server.Identity;

/// <summary>A program a user let in. LastUsed is when it last asked for a token, which it does every 15 minutes of use.</summary>
public sealed record ConnectedApp(string Id, string Name, DateTime ConnectedAt, DateTime? LastUsed);

public static class ConnectedApps
{
    /// <summary>Whether the user has ever let one in and not taken it back.</summary>
    public static Task<bool> AnyAsync(AppDb db, long userId, CancellationToken stop = default)
    {
        var subject = userId.ToString(CultureInfo.InvariantCulture);
        return db.Set<OpenIddictEntityFrameworkCoreAuthorization<long>>()
            .AnyAsync(a => a.Subject == subject && a.Status == Statuses.Valid, stop);
    }

    /// <summary>Those whose tokens are still good, newest first.</summary>
    public static async Task<List<ConnectedApp>> OfAsync(
        IOpenIddictAuthorizationManager authorizations,
        IOpenIddictApplicationManager applications,
        IOpenIddictTokenManager tokens,
        TimeProvider clock,
        long userId,
        CancellationToken stop = default
    )
    {
        var now = clock.GetUtcNow();
        var apps = new List<ConnectedApp>();
        var subject = userId.ToString(CultureInfo.InvariantCulture);
        await foreach (var authorization in authorizations.FindAsync(subject, null, Statuses.Valid, null, null, stop))
        {
            var id = (await authorizations.GetIdAsync(authorization, stop))!;
            var client = await authorizations.GetApplicationIdAsync(authorization, stop);
            var application = client is null ? null : await applications.FindByIdAsync(client, stop);
            DateTimeOffset? last = null;
            var alive = false;
            await foreach (var token in tokens.FindByAuthorizationIdAsync(id, stop))
            {
                if (await tokens.GetCreationDateAsync(token, stop) is { } at && (last is null || at > last))
                    last = at;
                alive |=
                    await tokens.HasStatusAsync(token, Statuses.Valid, stop)
                    && await tokens.GetExpirationDateAsync(token, stop) is var end
                    && (end is null || end > now);
            }
            if (!alive)
                continue;
            apps.Add(
                new ConnectedApp(
                    id,
                    application is null ? "" : await applications.GetDisplayNameAsync(application, stop) ?? "",
                    (await authorizations.GetCreationDateAsync(authorization, stop))?.UtcDateTime ?? default,
                    last?.UtcDateTime
                )
            );
        }
        return [.. apps.OrderByDescending(a => a.ConnectedAt)];
    }

    /// <summary>Ends one at once: its tokens are refused from the next request on. False when it isn't this user's.</summary>
    public static async Task<bool> RevokeAsync(
        IOpenIddictAuthorizationManager authorizations,
        IOpenIddictTokenManager tokens,
        long userId,
        string id,
        CancellationToken stop = default
    )
    {
        if (
            !long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out _)
            || await authorizations.FindByIdAsync(id, stop) is not { } authorization
            || await authorizations.GetSubjectAsync(authorization, stop)
                != userId.ToString(CultureInfo.InvariantCulture)
        )
            return false;
        await authorizations.TryRevokeAsync(authorization, stop);
        await tokens.RevokeByAuthorizationIdAsync(id, stop);
        return true;
    }
}
