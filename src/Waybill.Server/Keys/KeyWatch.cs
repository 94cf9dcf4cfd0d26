using Microsoft.EntityFrameworkCore;
using Waybill.Server.Storage;

namespace Waybill.Server.Keys;

/// <summary>Twice a minute: what others changed. Once an hour: what the clock asks for.</summary>
sealed partial class KeyWatch(
    IServiceProvider services,
    DatabaseReady ready,
    MasterKey master,
    TimeProvider time,
    ILogger<KeyWatch> log
) : BackgroundService
{
    static readonly TimeSpan Between = TimeSpan.FromSeconds(30);
    const int TicksOfAnHour = 120;
    string? _said;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await ready.OnceAsync(stoppingToken);
        using var timer = new PeriodicTimer(Between, time);
        for (var tick = 0; ; tick = (tick + 1) % TicksOfAnHour)
        {
            try
            {
                if (tick == 0)
                    await RotateAsync(stoppingToken);
                await KeyTable.RefreshAsync(services, stoppingToken);
                _said = null;
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                if (_said != fault.Message)
                    CouldNot(_said = fault.Message);
            }
            await timer.WaitForNextTickAsync(stoppingToken);
        }
    }

    async Task RotateAsync(CancellationToken stop)
    {
        await using var db = await services.GetRequiredService<IDbContextFactory<AppDb>>().CreateDbContextAsync(stop);
        try
        {
            await Rotation.NowAsync(db, master, time.GetUtcNow().UtcDateTime, stop);
        }
        catch (DbUpdateException) { } // another node was first
    }

    [LoggerMessage(LogLevel.Warning, "The keys could not be read again; those in memory stay in use: {Why}")]
    partial void CouldNot(string why);
}
