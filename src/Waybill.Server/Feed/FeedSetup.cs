using Microsoft.AspNetCore.Http.HttpResults;
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
        return app;
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
