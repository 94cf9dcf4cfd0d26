using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Waybill.Server.Operations;

/// <summary>
/// Metrics at <c>/metrics</c> always; metrics, traces and logs over OTLP once the standard <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set.
/// The other OTEL_ variables mean what the OpenTelemetry specification says.
/// </summary>
static class Telemetry
{
    const string EndpointKey = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>What the instrumentation notes about a request that tells who asked, or is a token.</summary>
    static readonly string[] Personal =
    [
        "url.path",
        "url.query",
        "url.full",
        "http.target",
        "http.url",
        "user_agent.original",
        "client.address",
        "network.peer.address",
    ];

    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        var telemetry = builder
            .Services.AddOpenTelemetry()
            .ConfigureResource(resource =>
                resource.AddService(
                    "waybill",
                    serviceVersion: typeof(Telemetry).Assembly.GetName().Version?.ToString(3)
                )
            )
            .WithMetrics(metrics =>
                metrics
                    .AddMeter(
                        "Waybill.*",
                        "Microsoft.AspNetCore.Hosting",
                        "Microsoft.AspNetCore.Server.Kestrel",
                        "System.Runtime"
                    )
                    .AddPrometheusExporter()
            );
        if (string.IsNullOrWhiteSpace(builder.Configuration[EndpointKey]))
            return;
        builder.Logging.AddOpenTelemetry(logs => logs.IncludeFormattedMessage = true);
        telemetry.WithTracing(traces =>
            traces.AddSource("Waybill.*").AddAspNetCoreInstrumentation().AddProcessor<Discretion>()
        );
        telemetry.UseOtlpExporter();
    }

    sealed class Discretion : BaseProcessor<Activity>
    {
        public override void OnEnd(Activity data)
        {
            foreach (var tag in Personal)
                data.SetTag(tag, null);
        }
    }
}
