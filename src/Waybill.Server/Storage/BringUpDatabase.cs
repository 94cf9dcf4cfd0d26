using Waybill.Server.Kernel;

namespace Waybill.Server.Storage;

/// <summary>Migrates and prepares the database beside the running server, again and again until it can be done.</summary>
sealed class BringUpDatabase(
    IServiceProvider services,
    DatabaseReady ready,
    IEnumerable<BeforeReady> steps,
    TimeProvider time,
    ILogger<BringUpDatabase> log
) : BackgroundService
{
    static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        for (var wait = TimeSpan.FromMilliseconds(250); ; wait = wait * 2 < Longest ? wait * 2 : Longest)
        {
            try
            {
                services.GetRequiredService<Blobs>().Sweep();
                await services.MigrateAsync(stoppingToken);
                foreach (var step in steps.Concat(ready.More))
                    await step.DoAsync(services, stoppingToken);
                if (ready.Trouble is not null)
                    log.LogWarning("The database is there again; what came meanwhile is drained now");
                ready.Trouble = null;
                ready.Set();
                return;
            }
            catch (Exception) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (ConfigurationMistake mistake)
            {
                ready.GiveUp(mistake);
                return;
            }
            catch (Exception error)
            {
                // Once a cause: the operator reads it, and nobody wants it every few seconds.
                if (ready.Trouble != error.Message)
                    log.LogError(
                        Outage.IsOutage(error) ? null : error,
                        "The database can't be used: {Why} Hits and mail are taken and kept meanwhile; this is tried again until it works",
                        error.Message
                    );
                ready.Trouble = error.Message;
            }
            await Task.Delay(wait, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
