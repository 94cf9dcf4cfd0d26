using System.Net;
using System.Net.Http.Json;
using Waybill.Server.Operations;
using Waybill.Server.Tests.Identity;

namespace Waybill.Server.Tests.Operations;

/// <summary>Who is believed about who is asking.</summary>
public sealed class ProxiesTests
{
    const string Url = "https://waybill.example.com";

    [Fact]
    public async Task A_configured_proxy_says_who_asks_and_how()
    {
        await using var waybill = new WaybillHost { More = [$"--WAYBILL_URL={Url}"] };
        await waybill.StartAsync();

        var seen = await SeenAsync(waybill, "198.51.100.7", "https", "waybill.example.com");

        Assert.Equal(("198.51.100.7", "https", "waybill.example.com", true), seen);
    }

    [Fact]
    public async Task What_anyone_else_claims_changes_nothing()
    {
        await using var waybill = new WaybillHost { More = [$"--WAYBILL_URL={Url}", "--Waybill:Proxies=10.9.8.7"] };
        await waybill.StartAsync();

        var seen = await SeenAsync(waybill, "198.51.100.7", "https", "evil.example.com");

        Assert.Equal(("127.0.0.1", "http", $"127.0.0.1:{waybill.HttpPort}", false), seen);
    }

    [Fact]
    public async Task With_none_nobody_is_believed()
    {
        await using var waybill = new WaybillHost { More = ["--Waybill:Proxies=none"] };
        await waybill.StartAsync();

        Assert.Equal("127.0.0.1", (await SeenAsync(waybill, "198.51.100.7", "https", "localhost")).From);
    }

    [Fact]
    public async Task What_a_visitor_claimed_to_the_proxy_is_passed_over()
    {
        await using var waybill = new WaybillHost();
        await waybill.StartAsync();

        var seen = await SeenAsync(waybill, "127.0.0.1, 203.0.113.9, 198.51.100.7", "http", "localhost");

        Assert.Equal("198.51.100.7", seen.From);
    }

    [Fact]
    public async Task A_foreign_name_claimed_through_the_proxy_is_not_taken()
    {
        await using var waybill = new WaybillHost { More = [$"--WAYBILL_URL={Url}"] };
        await waybill.StartAsync();

        var seen = await SeenAsync(waybill, "198.51.100.7", "https", "evil.example.com");

        Assert.Equal($"127.0.0.1:{waybill.HttpPort}", seen.Host);
    }

    [Fact]
    public async Task Sign_in_and_issuer_stay_at_the_public_address_whatever_name_was_asked()
    {
        await using var waybill = new WaybillHost { More = [$"--WAYBILL_URL={Url}"] };
        await waybill.StartAsync();
        using var visitor = new WebVisitor($"http://127.0.0.1:{waybill.HttpPort}");
        visitor.Http.DefaultRequestHeaders.Add("X-Forwarded-Host", "evil.example.com");
        visitor.Http.DefaultRequestHeaders.Host = "other.example.com";

        using var feed = await visitor.Http.GetAsync(new Uri("/feed", UriKind.Relative));
        using var pane = Pane.At($"https://localhost:{waybill.HttpsPort}");
        var grant = await pane.AskAsync();

        Assert.StartsWith($"{Url}/sign-in", feed.Headers.Location!.ToString(), StringComparison.Ordinal);
        Assert.StartsWith($"{Url}/connect/approve", grant.Complete, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_are_shown_to_this_machine_and_not_through_the_proxy()
    {
        await using var waybill = new WaybillHost();
        await waybill.StartAsync();
        using var http = new HttpClient();
        var address = new Uri($"http://127.0.0.1:{waybill.HttpPort}/metrics");
        using var foreign = new HttpRequestMessage(HttpMethod.Get, address)
        {
            Headers = { { "X-Forwarded-For", "198.51.100.7" } },
        };
        using (await http.GetAsync(new Uri($"{waybill.Url}/t/o/nonsense.gif"))) { }

        var here = await http.GetStringAsync(address);
        using var there = await http.SendAsync(foreign);

        Assert.Equal(HttpStatusCode.NotFound, there.StatusCode);
        foreach (
            var name in new[]
            {
                "waybill_spool_depth",
                "waybill_spool_age",
                "waybill_tracking_requests",
                "lane=\"mail\"",
                "http_server_request_duration",
                "dotnet_gc",
            }
        )
            Assert.Contains(name, here, StringComparison.Ordinal);
    }

    static async Task<(string From, string Scheme, string Host, bool Forwarded)> SeenAsync(
        WaybillHost waybill,
        string from,
        string scheme,
        string host
    )
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(
            HttpMethod.Get,
            $"http://127.0.0.1:{waybill.HttpPort}{Installation.Path}/{Installation.Nonce()}"
        );
        request.Headers.Add("X-Forwarded-For", from);
        request.Headers.Add("X-Forwarded-Proto", scheme);
        request.Headers.Add("X-Forwarded-Host", host);
        using var answer = await http.SendAsync(request);
        var seen = await answer.Content.ReadFromJsonAsync<Installation.Answer>();
        return (seen!.From, seen.Scheme, seen.Host, seen.Forwarded);
    }
}
