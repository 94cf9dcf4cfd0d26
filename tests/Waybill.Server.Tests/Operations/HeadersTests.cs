using System.Text.RegularExpressions;
using Waybill.Server.Tests.Identity;

namespace Waybill.Server.Tests.Operations;

/// <summary>What each kind of page tells the browser it may do.</summary>
public sealed partial class HeadersTests : IAsyncLifetime
{
    readonly WaybillHost _waybill = new() { More = ["--WAYBILL_URL=http://waybill.test"] };
    readonly WebVisitor _visitor;

    public HeadersTests() => _visitor = new WebVisitor(_waybill.Url);

    public async ValueTask InitializeAsync()
    {
        await _waybill.InitializeAsync();
        await _waybill.AddUserAsync("anna@northwind.test", WebVisitor.GivePassword);
        await _visitor.SignInAsync("anna@northwind.test");
    }

    public ValueTask DisposeAsync()
    {
        _visitor.Dispose();
        return _waybill.DisposeAsync();
    }

    [Theory]
    [InlineData("/sign-in")]
    [InlineData("/feed")]
    [InlineData("/contacts")]
    [InlineData("/settings")]
    [InlineData("/not-there")]
    [InlineData("/error")]
    [InlineData("/healthz")]
    public async Task A_page_runs_its_own_scripts_only_and_no_one_frames_it(string path)
    {
        using var answer = await _visitor.Http.GetAsync(new Uri(path, UriKind.Relative));
        var policy = Directives(answer);

        Assert.Equal("'self'", policy["script-src"]);
        Assert.Equal("'self'", policy["style-src"]);
        Assert.Equal("'none'", policy["frame-ancestors"]);
        Assert.Equal("'none'", policy["object-src"]);
        Assert.Equal("nosniff", Header(answer, "X-Content-Type-Options"));
        Assert.Equal("same-origin", Header(answer, "Referrer-Policy"));
        Assert.Contains("camera=()", Header(answer, "Permissions-Policy"), StringComparison.Ordinal);
        Assert.Equal(path == "/sign-in" ? "" : "same-origin", Header(answer, "Cross-Origin-Opener-Policy"));
        Assert.DoesNotMatch(Inline(), await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Https_is_remembered_behind_the_proxy_and_not_for_localhost()
    {
        using var secure = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{_waybill.HttpPort}/sign-in")
        {
            Headers = { { "X-Forwarded-For", "198.51.100.7" }, { "X-Forwarded-Proto", "https" } },
        };
        secure.Headers.Host = "waybill.test";
        using var answer = await _visitor.Http.SendAsync(secure);
        using var plain = await _visitor.Http.GetAsync(new Uri("/sign-in", UriKind.Relative));

        Assert.StartsWith("max-age=", Header(answer, "Strict-Transport-Security"), StringComparison.Ordinal);
        Assert.Empty(Header(plain, "Strict-Transport-Security"));
    }

    [Fact]
    public async Task Only_the_pane_may_be_framed_and_by_Outlook_only()
    {
        using var answer = await _visitor.Http.GetAsync(new Uri("/addin/pane.html", UriKind.Relative));
        if (!answer.IsSuccessStatusCode)
            Assert.Skip("The add-in is not built.");
        var policy = Directives(answer);

        Assert.StartsWith("'self' https://outlook.office.com ", policy["frame-ancestors"], StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy["script-src"], StringComparison.Ordinal);
        Assert.Equal("nosniff", Header(answer, "X-Content-Type-Options"));
    }

    static string Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : "";

    static Dictionary<string, string> Directives(HttpResponseMessage answer) =>
        Header(answer, "Content-Security-Policy")
            .Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(d => d.Split(' ', 2))
            .ToDictionary(d => d[0], d => d.ElementAtOrDefault(1) ?? "");

    /// <summary>A script with a body (data for Blazor or import maps aside), a style element or attribute, a handler attribute.</summary>
    [GeneratedRegex(
        @"<script(?![^>]*\b(?:src=|type=""(?:application/json|importmap)""))[^>]*>|<style|<[^>!]*\s(?:style|on[a-z]+)="""
    )]
    private static partial Regex Inline();
}
