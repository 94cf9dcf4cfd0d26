using Waybill.Server.Kernel;
using Waybill.Server.Spool;
using Waybill.Server.Storage;

namespace Waybill.Server.Tracking;

public static class TrackingSetup
{
    /// <summary>Needs the options, a TimeProvider, storage, keys and hints.</summary>
    public static IServiceCollection AddTracking(this IServiceCollection services, WaybillOptions options)
    {
        services.AddMetrics();
        services.AddSingleton<LinkKeys>();
        services.AddSingleton<TrackingTokens>();
        services.AddSingleton<TrackingMeter>();
        services.AddSingleton<TrackingEndpoints>();
        services.AddSingleton<RecordHits>();
        services.AddSingleton<RecordSenderSeen>();
        return services.AddSpoolLane(
            RecordHits.Lane,
            lane =>
            {
                lane.Folder = options.InData("spool", RecordHits.Lane);
                lane.HeadBytes = 16 << 10;
                lane.BatchItems = 2048;
                lane.GatherFor = TimeSpan.FromMilliseconds(100);
                lane.IsOutage = Outage.IsOutage;
            },
            provider => provider.GetRequiredService<RecordHits>().DrainAsync,
            (provider, stop) => provider.GetRequiredService<DatabaseReady>().WaitAsync(stop)
        );
    }

    /// <summary>Answers <c>/t/</c>, before authentication, antiforgery, static files and redirects to https or another host.</summary>
    public static IApplicationBuilder UseTracking(this IApplicationBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var endpoints = app.ApplicationServices.GetRequiredService<TrackingEndpoints>();
        return app.Use(
            (HttpContext context, RequestDelegate next) =>
                context.Request.Path.Value is { } path && path.StartsWith("/t/", StringComparison.Ordinal)
                    ? endpoints.AnswerAsync(context)
                    : next(context)
        );
    }

    /// <summary>After authentication.</summary>
    public static IApplicationBuilder UseSenderSeen(this IApplicationBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var senders = app.ApplicationServices.GetRequiredService<RecordSenderSeen>();
        return app.Use(
            (HttpContext context, RequestDelegate next) =>
            {
                senders.Note(context);
                return next(context);
            }
        );
    }
}
