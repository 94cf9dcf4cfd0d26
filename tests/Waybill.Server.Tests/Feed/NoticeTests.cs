using System.Net;
using System.Net.Http.Json;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Waybill.Server.Feed;
using Waybill.Server.Storage;
using Waybill.Server.Timeline;
using Waybill.Server.Tracking;
using static Waybill.Server.Tests.Feed.FeedDb;

namespace Waybill.Server.Tests.Feed;

/// <summary>The hub and the notice behind real Kestrel; who is signed in is said by a cookie.</summary>
public sealed class NoticeTests : IAsyncLifetime
{
    const string Reader = "lead@contoso.test";
    readonly FeedDb _db = new();
    WebApplication _app = null!;

    public async ValueTask InitializeAsync()
    {
        await _db.InitializeAsync();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<Hints>();
        builder.Services.AddSingleton<IDbContextFactory<AppDb>>(new Databases(_db));
        builder.Services.AddLocalization();
        builder
            .Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme)
            .AddCookie(o => o.Events.OnRedirectToLogin = Refuse);
        builder.Services.AddAuthorization();
        builder.Services.AddFeed();
        _app = builder.Build();
        _app.MapFeed();
        _app.MapPost("/as/{id:long}", SignIn);
        await _app.StartAsync();

        static Task Refuse(RedirectContext<CookieAuthenticationOptions> context)
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return Task.CompletedTask;
        }

        static Task SignIn(HttpContext http, long id) =>
            http.SignInAsync(
                new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, $"{id}")], "test"))
            );
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _db.DisposeAsync();
    }

    [Theory]
    [InlineData(HitKind.Open, VerdictKind.Human, "lead@contoso.test opened Offer for Q4", "Person · Read in Gmail.")]
    [InlineData(
        HitKind.Click,
        VerdictKind.Unknowable,
        "lead@contoso.test clicked a link in Offer for Q4",
        "Can’t tell · Read in Gmail."
    )]
    public async Task A_hit_that_may_be_a_persons_is_told(HitKind kind, VerdictKind verdict, string title, string body)
    {
        var mail = await _db.SendAsync(Anna, "Offer for Q4", Noon, Reader);
        var hit = await _db.HitAsync(mail.Id, kind, verdict, Noon);
        var (http, _) = await SignedInAsync(Anna);

        Assert.Equal(new Notice(title, body, "/feed"), await http.GetFromJsonAsync<Notice>($"/feed/notice/{hit.Id}"));
    }

    [Fact]
    public async Task Of_several_recipients_the_notice_names_none()
    {
        var mail = await _db.SendAsync(Anna, "Minutes", Noon, "a@x.test", "b@x.test");
        var hit = await _db.HitAsync(mail.Id, HitKind.Open, VerdictKind.Human, Noon);
        var (http, _) = await SignedInAsync(Anna);

        var notice = await http.GetFromJsonAsync<Notice>($"/feed/notice/{hit.Id}");

        Assert.Equal("Someone of 2 opened Minutes", notice!.Title);
    }

    [Theory]
    [InlineData(Anna, VerdictKind.Machine)]
    [InlineData(Jan, VerdictKind.Human)]
    [InlineData(Admin, VerdictKind.Human)]
    public async Task An_automatic_hit_and_anothers_hit_tell_nothing(long user, VerdictKind verdict)
    {
        var mail = await _db.SendAsync(Anna, "Offer for Q4", Noon, Reader);
        var hit = await _db.HitAsync(mail.Id, HitKind.Open, verdict, Noon);
        var (http, _) = await SignedInAsync(user);

        using var answer = await http.GetAsync($"/feed/notice/{hit.Id}");

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Empty(await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("/feed/notice/1")]
    [InlineData("/hub")]
    public async Task Who_is_not_signed_in_is_refused(string path)
    {
        using var http = new HttpClient { BaseAddress = new Uri(_app.Urls.First()) };

        using var answer = await http.GetAsync(path);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task The_hub_tells_each_user_of_their_own_mail_only()
    {
        var anna = await ListenAsync(Anna);
        var jan = await ListenAsync(Jan);
        var hints = _app.Services.GetRequiredService<Hints>();

        await hints.PublishAsync(new MailChanged(Anna, 41, 7), new RecordChanged(3), new MailChanged(Jan, 42, null));

        // Both hints went out in order; once Jan has heard his own, Anna's would have reached him too.
        Assert.Equal(new Heard(41, 7), await anna.FirstAsync());
        Assert.Equal(new Heard(42, null), await jan.FirstAsync());
    }

    sealed record Heard(long MailId, long? HitId);

    async Task<IAsyncEnumerable<Heard>> ListenAsync(long user)
    {
        var (_, cookies) = await SignedInAsync(user);
        var hub = new HubConnectionBuilder()
            .WithUrl(new Uri(new Uri(_app.Urls.First()), "/hub"), o => o.Cookies = cookies)
            .Build();
        var heard = System.Threading.Channels.Channel.CreateUnbounded<Heard>();
        hub.On<Heard>("mailChanged", mail => heard.Writer.TryWrite(mail));
        await hub.StartAsync();
        return heard.Reader.ReadAllAsync(new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token);
    }

    async Task<(HttpClient Http, CookieContainer Cookies)> SignedInAsync(long user)
    {
        var cookies = new CookieContainer();
        var http = new HttpClient(new HttpClientHandler { CookieContainer = cookies })
        {
            BaseAddress = new Uri(_app.Urls.First()),
        };
        (await http.PostAsync($"/as/{user}", null)).EnsureSuccessStatusCode();
        return (http, cookies);
    }

    sealed class Databases(FeedDb db) : IDbContextFactory<AppDb>
    {
        public AppDb CreateDbContext() => db.Open();
    }
}
