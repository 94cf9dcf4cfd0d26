using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.EntityFrameworkCore;
using Waybill.Server.Storage;

namespace Waybill.Server.Identity;

/// <summary>A page that stays open asks again whose it is, since no request of its own does.</summary>
public sealed class OpenPages(ILoggerFactory logs, IDbContextFactory<AppDb> database, TimeProvider clock)
    : RevalidatingServerAuthenticationStateProvider(logs)
{
    protected override TimeSpan RevalidationInterval => TimeSpan.FromMinutes(1);

    protected override async Task<bool> ValidateAuthenticationStateAsync(
        AuthenticationState authenticationState,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(authenticationState);
        await using var db = await database.CreateDbContextAsync(cancellationToken);
        return await Sessions.UserOfAsync(db, clock, authenticationState.User, cancellationToken) is not null;
    }
}
