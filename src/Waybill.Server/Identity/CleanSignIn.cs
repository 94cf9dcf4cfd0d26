using Microsoft.EntityFrameworkCore;
using OpenIddict.Abstractions;
using Waybill.Server.Storage;

namespace Waybill.Server.Identity;

/// <summary>Once an hour: what is over goes.</summary>
public sealed partial class CleanSignIn(IServiceProvider services, TimeProvider clock, ILogger<CleanSignIn> log)
    : BackgroundService
{
    /// <summary>Refresh tokens live for 30 days; until a pairing's last one has run out, used ones must be known as used.</summary>
    static readonly TimeSpan KeepTokens = TimeSpan.FromDays(31);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var hourly = new PeriodicTimer(TimeSpan.FromHours(1), clock);
        while (await hourly.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await NowAsync(services, clock, stoppingToken);
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                CouldNot(fault);
            }
        }
    }

    public static async Task NowAsync(IServiceProvider services, TimeProvider clock, CancellationToken stop)
    {
        await using var scope = services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AppDb>();
        var now = clock.GetUtcNow();
        var idle = now.UtcDateTime - Sessions.Idle;
        var longest = now.UtcDateTime - Sessions.Longest;
        var users = db.Users;
        await db
            .Sessions.Where(s =>
                s.SeenAt < idle
                || s.CreatedAt < longest
                || !users.Any(u => u.Id == s.UserId && u.Active && u.SecurityStamp == s.Stamp)
            )
            .ExecuteDeleteAsync(stop);
        var forgotten = now.UtcDateTime - SignInTries.Memory;
        await db.SignInTries.Where(t => t.LastAt < forgotten).ExecuteDeleteAsync(stop);
        var tokens = scope.ServiceProvider.GetRequiredService<IOpenIddictTokenManager>();
        await tokens.PruneAsync(now - KeepTokens, stop);
        var authorizations = scope.ServiceProvider.GetRequiredService<IOpenIddictAuthorizationManager>();
        await authorizations.PruneAsync(now - KeepTokens, stop);
    }

    [LoggerMessage(LogLevel.Warning, "What is over could not be cleared away; it is tried again in an hour")]
    partial void CouldNot(Exception fault);
}
