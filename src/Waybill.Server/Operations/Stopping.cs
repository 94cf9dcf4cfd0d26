using Microsoft.Extensions.Hosting.Systemd;

namespace Waybill.Server.Operations;

/// <summary>
/// SIGTERM: requests and mails in flight may finish within the bound, then the rest is cut. What was acknowledged is in the spool and is
/// drained at the next start. Under systemd (Type=notify) it hears that we are ready, alive and stopping.
/// </summary>
static class Stopping
{
    static readonly TimeSpan Bound = TimeSpan.FromSeconds(7);

    public static void AddStopping(this IServiceCollection services)
    {
        services.AddSystemd();
        services.Configure<HostOptions>(host => host.ShutdownTimeout = Bound);
        if (Watchdog.Interval is { } interval)
            services.AddHostedService(provider => new Watchdog(
                provider.GetRequiredService<ISystemdNotifier>(),
                provider.GetRequiredService<TimeProvider>(),
                interval
            ));
    }

    /// <summary>Tells systemd twice in each watch that the thread pool still runs things.</summary>
    sealed class Watchdog(ISystemdNotifier systemd, TimeProvider time, TimeSpan interval) : BackgroundService
    {
        public static TimeSpan? Interval =>
            long.TryParse(Environment.GetEnvironmentVariable("WATCHDOG_USEC"), out var micros) && micros > 0
                ? TimeSpan.FromMicroseconds(micros / 2)
                : null;

        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            using var timer = new PeriodicTimer(interval, time);
            do systemd.Notify(new ServiceState("WATCHDOG=1"));
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
    }
}
