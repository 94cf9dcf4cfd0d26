using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.SignalR;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Localization;
using Waybill.Server.Storage;
using Waybill.Server.Ui;

namespace Waybill.Server.Feed;

public static class FeedSetup
{
    public static IServiceCollection AddFeed(this IServiceCollection services)
    {
        services.AddSignalR();
        services.AddHostedService<ForwardHints>();
        return services;
    }

    public static IEndpointRouteBuilder MapFeed(this IEndpointRouteBuilder app)
    {
        app.MapHub<FeedHub>("/hub");
        app.MapGet("/feed/notice/{hitId:long}", NoticeAsync).RequireAuthorization();
        app.MapGet("/feed/notices", Notices).RequireAuthorization();
        app.MapPost("/feed/notices/read", MarkReadAsync).RequireAuthorization();
        app.MapPost("/feed/notices/mute", MuteAsync).RequireAuthorization();
        return app;
    }

    /// <summary>What stands under the bell, as a fragment of a page.</summary>
    static RazorComponentResult<BellNotices> Notices() => new();

    static async Task<IResult> MarkReadAsync(
        [FromForm] long upTo,
        HttpContext http,
        IDbContextFactory<AppDb> databases,
        IHubContext<FeedHub> hub,
        TimeProvider clock,
        CancellationToken stop
    )
    {
        await using var db = await databases.CreateDbContextAsync(stop);
        if (Viewer.IdOf(http.User) is { } userId)
        {
            await ReadNotices.MarkReadAsync(db, userId, upTo, clock.GetUtcNow().UtcDateTime, stop);
            await hub.Clients.Group(FeedHub.GroupOf(userId)).SendAsync("noticesChanged", stop);
        }
        return Results.LocalRedirect("/feed");
    }

    static async Task<IResult> MuteAsync(
        [FromForm] bool muted,
        HttpContext http,
        IDbContextFactory<AppDb> databases,
        IHubContext<FeedHub> hub,
        CancellationToken stop
    )
    {
        await using var db = await databases.CreateDbContextAsync(stop);
        if (Viewer.IdOf(http.User) is { } userId)
        {
            await db.ChangeReaderAsync(userId, reader => reader.Muted = muted, stop);
            await hub.Clients.Group(FeedHub.GroupOf(userId)).SendAsync("noticesChanged", stop);
        }
        return Results.LocalRedirect("/feed");
    }

    static async Task<Results<Ok<Notice>, NoContent>> NoticeAsync(
        long hitId,
        HttpContext http,
        IDbContextFactory<AppDb> databases,
        IStringLocalizer<Words> words,
        CancellationToken stop
    )
    {
        await using var db = await databases.CreateDbContextAsync(stop);
        return
            Viewer.IdOf(http.User) is { } userId
            && await ReadNotice.ReadAsync(db, userId, hitId, words, stop) is { } notice
            ? TypedResults.Ok(notice)
            : TypedResults.NoContent();
    }
}
