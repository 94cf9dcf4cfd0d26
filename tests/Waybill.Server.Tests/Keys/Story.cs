using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Waybill.Server.Keys;
using Waybill.Server.Tests.Identity;
using Waybill.Server.Tracking;

namespace Waybill.Server.Tests.Keys;

/// <summary>What keys are there for: a mail that was sent, someone signed in, a pane that is connected.</summary>
sealed class Story : IDisposable
{
    public const string Target = "https://example.com/offer";
    public required WebVisitor Visitor { get; init; }
    public required Tokens Tokens { get; init; }
    public required string Pixel { get; init; }
    public required string Click { get; init; }

    public static async Task<Story> BeginAsync(WaybillHost host)
    {
        var (_, visitor) = await host.SignedInAsync();
        using var pane = Pane.At(host.Url);
        var grant = await pane.AskAsync();
        var page = await visitor.SeeAsync(new Uri(grant.Complete).PathAndQuery);
        using var answer = await visitor.SubmitAsync(page, "form:has(button[name=answer])", ("answer", "approve"));
        var links = host.Services.GetRequiredService<TrackingTokens>();
        return new()
        {
            Visitor = visitor,
            Tokens = await pane.PollAsync(grant),
            Pixel = new Uri(links.PixelUrl(42)).AbsolutePath,
            Click = new Uri(links.ClickUrl(42, 1, Target)).AbsolutePath,
        };
    }

    public async Task GoesOnAsync(WaybillHost host)
    {
        await ClickWorksAsync(host);
        using var page = await Visitor.Http.GetAsync(new Uri(host.Url + "/settings/me"));
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        using var pane = Pane.At(host.Url);
        Assert.Equal(HttpStatusCode.OK, await pane.StartAsync(Tokens.Access!));
    }

    /// <summary>The redirect, and the hit's way into the spool that a bad token never takes.</summary>
    public async Task ClickWorksAsync(WaybillHost host)
    {
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        using var answer = await http.GetAsync(new Uri(host.Url + Click));
        Assert.Equal(Target, answer.Headers.Location?.ToString());
        var token = Pixel["/t/o/".Length..^".gif".Length];
        Assert.True(host.Services.GetRequiredService<TrackingTokens>().TryReadOpen(token, out _));
    }

    public void Dispose() => Visitor.Dispose();

    public static async Task<List<Key>> RowsAsync(WaybillHost host)
    {
        await using var db = host.Db();
        return await db.Keys.AsNoTracking().OrderBy(k => k.Purpose).ThenBy(k => k.Number).ToListAsync();
    }
}
