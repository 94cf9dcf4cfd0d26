using System.Net;
using Waybill.Server.Identity;

namespace Waybill.Server.Tests.Identity;

public sealed class LimitsTests(WaybillHost waybill) : IClassFixture<WaybillHost>
{
    [Theory]
    [InlineData("GET", "/t/o/x.gif", null)]
    [InlineData("GET", "/healthz", null)]
    [InlineData("GET", "/waybill.css", null)]
    [InlineData("GET", "/feed", "everything")]
    [InlineData("POST", "/connect/device", "device-code")]
    [InlineData("POST", "/connect/token", "token")]
    [InlineData("POST", "/connect/answer", "user-code")]
    [InlineData("GET", "/connect/approve", "everything")]
    [InlineData("GET", "/connect/approve?user_code=BBBB-BBBB", "user-code")]
    [InlineData("POST", "/sign-in/passkey/options", "passkey-options")]
    public void What_can_be_guessed_at_or_costs_something_is_counted(string method, string path, string? name) =>
        Assert.Equal(
            name,
            Limits.For(method, path.Split('?')[0], path.Contains("user_code", StringComparison.Ordinal))?.Name
        );

    [Theory]
    [InlineData("192.0.2.7", "192.0.2.7")]
    [InlineData("::ffff:192.0.2.7", "192.0.2.7")]
    [InlineData("2001:db8:1:2:3:4:5:6", "20010db800010002")]
    [InlineData("2001:db8:1:2::9", "20010db800010002")]
    public void A_network_is_one_IPv4_address_or_the_half_of_an_IPv6_one(string address, string network) =>
        Assert.Equal(network, Limits.Network(IPAddress.Parse(address)));

    [Fact]
    public async Task Too_many_device_codes_get_429_and_when_to_come_back()
    {
        using var pane = Pane.At(waybill.Url);
        HttpResponseMessage? last = null;
        for (var i = 0; i <= Limits.DeviceCode.Permits; i++)
        {
            last?.Dispose();
            using var form = new FormUrlEncodedContent([]);
            last = await pane.Http.PostAsync(new Uri("/connect/device", UriKind.Relative), form);
        }
        using var answer = last!;

        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        Assert.InRange(answer.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        Assert.Contains("temporarily_unavailable", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
