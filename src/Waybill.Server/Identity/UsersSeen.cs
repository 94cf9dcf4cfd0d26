using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Waybill.Server.Storage;

namespace Waybill.Server.Identity;

/// <summary>When each user was last here, by web app or pane, to five minutes: a write on every request would buy nothing.</summary>
public static class UsersSeen
{
    static readonly TimeSpan Grain = TimeSpan.FromMinutes(5);

    public static IApplicationBuilder UseUsersSeen(this IApplicationBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var noted = new ConcurrentDictionary<long, DateTime>();
        return app.Use(
            async (http, next) =>
            {
                await next(http);
                if (Ui.Viewer.IdOf(http.User) is not { } id || http.User.Identity?.IsAuthenticated is not true)
                    return;
                var now = http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow().UtcDateTime;
                var last = noted.GetOrAdd(id, DateTime.MinValue);
                if (now - last < Grain || !noted.TryUpdate(id, now, last))
                    return;
                await NoteAsync(http.RequestServices, id, now);
            }
        );
    }

    /// <summary>The answer has been given; a database that is away costs nothing but the note.</summary>
    static async Task NoteAsync(IServiceProvider services, long id, DateTime now)
    {
        try
        {
            await using var db = await services.GetRequiredService<IDbContextFactory<AppDb>>().CreateDbContextAsync();
            await db.Users.Where(u => u.Id == id).ExecuteUpdateAsync(set => set.SetProperty(u => u.LastSeenAt, now));
        }
        catch (Exception error) when (Outage.IsOutage(error)) { }
    }
}
