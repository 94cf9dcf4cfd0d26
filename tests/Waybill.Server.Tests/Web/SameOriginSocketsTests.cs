using System.Net.WebSockets;
using Waybill.Server.Tests.Identity;

namespace Waybill.Server.Tests.Web;

public sealed class SameOriginSocketsTests(WaybillHost waybill) : IClassFixture<WaybillHost>
{
    [Theory]
    [InlineData("/hub")]
    [InlineData("/_blazor")]
    public async Task Another_sites_page_opens_no_socket_in_a_users_name(string path)
    {
        Assert.Equal(403, await OpenAsync(path, "https://evil.test"));
        Assert.Equal(403, await OpenAsync(path, $"http://localhost:{waybill.HttpPort + 1}"));
        Assert.Equal(403, await OpenAsync(path, "null"));
    }

    [Fact]
    public async Task Our_own_page_and_a_program_do()
    {
        Assert.Equal(101, await OpenAsync("/hub", waybill.Url));
        Assert.Equal(101, await OpenAsync("/hub", null));
        Assert.Equal(101, await OpenAsync("/hub", "chrome-extension://abcdefghijklmnop"));
    }

    async Task<int> OpenAsync(string path, string? origin)
    {
        var user = await waybill.AddUserAsync($"{Guid.NewGuid():N}@northwind.test", WebVisitor.GivePassword);
        using var visitor = new WebVisitor(waybill.Url);
        using var signedIn = await visitor.TrySignInAsync(user.Email!, WebVisitor.Password);
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader(
            "Cookie",
            string.Join("; ", signedIn.Headers.GetValues("Set-Cookie").Select(c => c.Split(';')[0]))
        );
        socket.Options.CollectHttpResponseDetails = true;
        if (origin is not null)
            socket.Options.SetRequestHeader("Origin", origin);
        try
        {
            await socket.ConnectAsync(
                new Uri(waybill.Url.Replace("http", "ws", StringComparison.Ordinal) + path),
                default
            );
        }
        catch (WebSocketException)
        {
            // The status says why.
        }
        return (int)socket.HttpStatusCode;
    }
}
