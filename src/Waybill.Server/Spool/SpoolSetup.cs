namespace Waybill.Server.Spool;

public static class SpoolSetup
{
    /// <summary>
    /// Adds a lane as <c>[FromKeyedServices(name)] SpoolLane</c> and the drain that feeds its handler. The host builds
    /// its hosted services before it starts any, so the lane is recovered before Kestrel listens; it closes, with
    /// everything queued written, after Kestrel has stopped.
    /// </summary>
    /// <param name="ready">Nothing is drained before this completes; items are taken all the same.</param>
    public static IServiceCollection AddSpoolLane(
        this IServiceCollection services,
        string name,
        Action<SpoolOptions> configure,
        Func<IServiceProvider, SpoolHandler> handler,
        Func<IServiceProvider, CancellationToken, Task>? ready = null
    )
    {
        ArgumentNullException.ThrowIfNull(configure);
        ArgumentNullException.ThrowIfNull(handler);
        services.AddKeyedSingleton(
            name,
            (provider, _) =>
            {
                var options = new SpoolOptions();
                configure(options);
                return new SpoolLane(
                    name,
                    options,
                    provider.GetService<TimeProvider>(),
                    provider.GetService<ILogger<SpoolLane>>()
                );
            }
        );
        services.AddSingleton(provider => provider.GetRequiredKeyedService<SpoolLane>(name)); // for who asks for all of them
        // Not AddHostedService: it keeps one per type, and each lane has a drain.
        return services.AddSingleton<IHostedService>(provider => new SpoolDrain(
            provider.GetRequiredKeyedService<SpoolLane>(name),
            handler(provider),
            provider.GetService<TimeProvider>() ?? TimeProvider.System,
            provider.GetRequiredService<ILogger<SpoolDrain>>(),
            ready is null ? null : stop => ready(provider, stop)
        ));
    }
}
