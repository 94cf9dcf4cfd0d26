using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Waybill.Server.Kernel;
using Waybill.Server.Logging;
using Waybill.Server.Operations;
using Waybill.Server.Spool;
using Waybill.Server.Storage;

namespace Waybill.Server.Web;

/// <summary>
/// <c>/healthz</c>: the process answers. <c>/readyz</c>: database, spool and receiver do their work; 503 names the one that does not.
/// <c>/metrics</c>: Prometheus.
/// </summary>
static class Health
{
    public static void AddHealth(this IServiceCollection services)
    {
        services
            .AddHealthChecks()
            .AddCheck<DatabaseAnswers>("database", tags: ["ready"])
            .AddCheck<SpoolTakes>("spool", tags: ["ready"])
            .AddCheck<ReceiverGreets>("receiver", tags: ["ready"]);
    }

    public static void MapHealth(this WebApplication app, WaybillOptions options)
    {
        app.MapHealthChecks("/healthz", new HealthCheckOptions { Predicate = _ => false }).AllowAnonymous();
        app.MapHealthChecks(
                "/readyz",
                new HealthCheckOptions
                {
                    Predicate = check => check.Tags.Contains("ready"),
                    ResponseWriter = WriteAsync,
                }
            )
            .AllowAnonymous();
        // To anyone else there is no such page: a proxy that forgets to deny it does not open it.
        app.UseOpenTelemetryPrometheusScrapingEndpoint(context =>
            context.Request.Path == "/metrics" && options.MetricsFrom.Has(context.Connection.RemoteIpAddress)
        );
    }

    static Task WriteAsync(HttpContext context, HealthReport report) =>
        context.Response.WriteAsJsonAsync(
            report.Entries.ToDictionary(e => e.Key, e => e.Value.Description ?? e.Value.Status.ToString())
        );

    sealed class DatabaseAnswers(IDbContextFactory<AppDb> database, DatabaseReady ready) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(
            HealthCheckContext context,
            CancellationToken cancellationToken = default
        )
        {
            if (!ready.Yes)
                return Away(ready.Trouble ?? "It is being prepared.");
            try
            {
                await using var db = await database.CreateDbContextAsync(cancellationToken);
                await db.Database.ExecuteSqlRawAsync("SELECT 1", cancellationToken);
                return HealthCheckResult.Healthy("ok");
            }
            catch (Exception error) when (Outage.IsOutage(error))
            {
                return Away(error.Message);
            }
        }

        static HealthCheckResult Away(string why) =>
            HealthCheckResult.Unhealthy(
                $"The database can't be used: {why} Hits and mail are kept in the spool meanwhile."
            );
    }

    sealed class SpoolTakes(
        WaybillOptions options,
        IEnumerable<SpoolLane> lanes,
        [FromKeyedServices(ReceiveMail.Lane)] SpoolLane mail
    ) : IHealthCheck
    {
        const long LeastFree = 64L * 1024 * 1024;

        public Task<HealthCheckResult> CheckHealthAsync(
            HealthCheckContext context,
            CancellationToken cancellationToken = default
        )
        {
            var free = new DriveInfo(options.DataFolder).AvailableFreeSpace;
            return Task.FromResult(
                free < LeastFree
                    ? HealthCheckResult.Unhealthy(
                        $"Only {free / 1024 / 1024} MB are free in the data folder. Make room."
                    )
                : lanes.Any(l => l.DiskFails)
                    ? HealthCheckResult.Unhealthy(
                        "The disk refused what last arrived: opens go uncounted and mail is told to come again. See dmesg."
                    )
                : HealthCheckResult.Healthy($"ok, {mail.Depth} mails waiting")
            );
        }
    }

    sealed class ReceiverGreets(WaybillOptions options) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(
            HealthCheckContext context,
            CancellationToken cancellationToken = default
        )
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, options.SmtpPort, cancellationToken);
                using var reader = new StreamReader(client.GetStream());
                var greeting = await reader.ReadLineAsync(cancellationToken);
                return greeting?.StartsWith("220", StringComparison.Ordinal) == true
                    ? HealthCheckResult.Healthy("ok")
                    : HealthCheckResult.Degraded($"The mail receiver said: {greeting}");
            }
            catch (SocketException)
            {
                return HealthCheckResult.Unhealthy($"The mail receiver does not answer on port {options.SmtpPort}.");
            }
        }
    }
}
