using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Waybill.Server.Tests.Operations;

/// <summary>A collector that speaks OTLP over HTTP, as a small web application.</summary>
public sealed class TelemetryTests : IAsyncLifetime
{
    readonly ConcurrentDictionary<string, string> _received = [];
    readonly int _port = WaybillHost.FreePort();
    WebApplication? _collector;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        _collector = builder.Build();
        _collector.MapPost(
            "/v1/{signal}",
            async (string signal, HttpRequest request) =>
            {
                using var body = new MemoryStream();
                await request.Body.CopyToAsync(body);
                _received.AddOrUpdate(
                    signal,
                    _ => Encoding.Latin1.GetString(body.ToArray()),
                    (_, before) => before + Encoding.Latin1.GetString(body.ToArray())
                );
                return Results.Ok();
            }
        );
        _collector.Urls.Add($"http://127.0.0.1:{_port}");
        await _collector.StartAsync();
    }

    public async ValueTask DisposeAsync() => await _collector!.DisposeAsync();

    [Fact]
    public async Task Once_an_endpoint_is_set_metrics_traces_and_logs_go_there_and_name_no_token()
    {
        await using var waybill = new WaybillHost
        {
            More =
            [
                $"--OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:{_port}",
                "--OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf",
                "--Logging:LogLevel:Default=Information",
            ],
        };
        await waybill.StartAsync();
        using (var http = new HttpClient { DefaultRequestHeaders = { { "User-Agent", "Marias-Browser" } } })
        {
            (await http.GetAsync(new Uri($"{waybill.Url}/t/o/geheim1234.gif"))).Dispose();
            (await http.GetAsync(new Uri($"{waybill.Url}/sign-in?returnUrl=%2Fgeheim1234"))).Dispose();
        }
        using (var visitor = new Identity.WebVisitor(waybill.Url))
            (await visitor.TrySignInAsync("maria@contoso.test")).Dispose();
        await waybill.StopAsync(); // flushes

        Assert.Contains("waybill.tracking.requests", _received["metrics"], StringComparison.Ordinal);
        Assert.Contains("http.server.request.duration", _received["metrics"], StringComparison.Ordinal);
        Assert.Contains("GET /sign-in", _received["traces"], StringComparison.Ordinal);
        Assert.Contains("waybill", _received["traces"], StringComparison.Ordinal);
        Assert.Contains("Sign-in refused", _received["logs"], StringComparison.Ordinal);
        foreach (var signal in _received.Values)
        {
            Assert.DoesNotContain("geheim1234", signal, StringComparison.Ordinal);
            Assert.DoesNotContain("maria@contoso.test", signal, StringComparison.Ordinal);
            Assert.DoesNotContain("Marias-Browser", signal, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Without_an_endpoint_nothing_leaves()
    {
        await using var waybill = new WaybillHost { More = ["--OTEL_EXPORTER_OTLP_ENDPOINT="] };
        await waybill.StartAsync();

        Assert.Null(waybill.Services.GetService(typeof(OpenTelemetry.Trace.TracerProvider)));
    }
}
