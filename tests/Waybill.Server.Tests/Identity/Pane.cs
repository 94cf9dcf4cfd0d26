using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Waybill.Server.Tests.Identity;

public sealed record Grant(string DeviceCode, string UserCode, string Complete, int Interval);

public sealed record Tokens(string? Access, string? Refresh, int ExpiresIn, string? Error);

/// <summary>The task pane as an OAuth client: no cookies, forms to /connect, a bearer token to /compose.</summary>
public sealed class Pane : IDisposable
{
    /// <summary>The real one has three seconds; a busy test machine gets more, far less than a database's lock timeout.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    readonly HttpClient _http;

    Pane(HttpClient http) => _http = http;

    public HttpClient Http => _http;

    public static Pane At(string url)
    {
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false };
        // The server's certificate is made at its first start.
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) =>
            certificate?.Subject == "CN=localhost";
        return new Pane(new HttpClient(handler) { BaseAddress = new Uri(url), Timeout = Patience });
    }

    public async Task<Grant> AskAsync()
    {
        var answer = await PostAsync("/connect/device", ("scope", "offline_access compose"));
        return new Grant(
            answer.GetProperty("device_code").GetString()!,
            answer.GetProperty("user_code").GetString()!,
            answer.GetProperty("verification_uri_complete").GetString()!,
            answer.GetProperty("interval").GetInt32()
        );
    }

    public Task<Tokens> PollAsync(Grant grant) =>
        TokenAsync(("grant_type", "urn:ietf:params:oauth:grant-type:device_code"), ("device_code", grant.DeviceCode));

    public Task<Tokens> RefreshAsync(string token) =>
        TokenAsync(("grant_type", "refresh_token"), ("refresh_token", token));

    public async Task<HttpStatusCode> StartAsync(string access)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/compose/start");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", access);
        using var answer = await _http.SendAsync(request);
        return answer.StatusCode;
    }

    async Task<Tokens> TokenAsync(params (string, string)[] form)
    {
        var answer = await PostAsync("/connect/token", form);
        return new Tokens(
            Text("access_token"),
            Text("refresh_token"),
            answer.TryGetProperty("expires_in", out var seconds) ? seconds.GetInt32() : 0,
            Text("error")
        );

        string? Text(string name) => answer.TryGetProperty(name, out var value) ? value.GetString() : null;
    }

    async Task<JsonElement> PostAsync(string path, params (string Name, string Value)[] form)
    {
        var fields = form.Append(("client_id", "waybill-pane")).ToDictionary(f => f.Item1, f => f.Item2);
        using var answer = await _http.PostAsync(new Uri(path, UriKind.Relative), new FormUrlEncodedContent(fields));
        return JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
    }

    public void Dispose() => _http.Dispose();
}
