using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Waybill.Server.Kernel;
using Waybill.Server.Keys;
using Waybill.Server.Spool;
using Waybill.Server.Storage;
using Waybill.Server.Timeline;
using Waybill.Server.Tracking;

namespace Waybill.Server.Tests.Tracking;

/// <summary>Tracking alone on a real Kestrel, a real lane and a real SQLite file. X-Forwarded-For plays the world.</summary>
public sealed class TrackingHost : IAsyncDisposable
{
    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("waybill-tracking-");
    readonly MeterListener _listener = new();
    readonly Dictionary<string, long> _counts = [];
    readonly List<Hint> _heard = [];
    readonly WebApplication _app;

    readonly string? _database;

    TrackingHost(string? database, Action<IServiceCollection>? change)
    {
        _database = database;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var options = new WaybillOptions
        {
            DataFolder = _folder.FullName,
            Database = database,
            Url = "http://crm.example.com",
            TrackingUrl = "http://track.example.com",
            MailHost = "example.com",
        };
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<Hints>();
        builder.Services.AddStorage(options);
        builder.Services.AddKeys(options);
        builder.Services.AddTracking(options);
        change?.Invoke(builder.Services);
        _app = builder.Build();
        _app.UseForwardedHeaders(new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor });
        _app.UseTracking();
        _app.Run(context =>
        {
            context.Response.StatusCode = StatusCodes.Status418ImATeapot;
            return Task.CompletedTask;
        });
        var meters = Services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == "Waybill.Tracking" && instrument.Meter.Scope == meters)
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>(
            (instrument, value, tags, _) =>
            {
                var key = instrument.Name["waybill.tracking.".Length..];
                foreach (var tag in tags)
                    key += $" {tag.Value}";
                lock (_counts)
                    _counts[key] = _counts.GetValueOrDefault(key) + value;
            }
        );
        _listener.Start();
        Services
            .GetRequiredService<Hints>()
            .Subscribe(hint =>
            {
                lock (_heard)
                    _heard.Add(hint);
                return Task.CompletedTask;
            });
    }

    public static async Task<TrackingHost> StartAsync(bool migrate = true, Action<IServiceCollection>? change = null)
    {
        var database = PostgresServer.IsDefault ? await PostgresServer.NewDatabaseAsync(migrate) : null;
        var host = new TrackingHost(database, change);
        if (migrate)
            await host.Services.MigrateAsync();
        await host._app.StartAsync();
        host.Client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
        {
            BaseAddress = new(host._app.Urls.Single()),
        };
        return host;
    }

    public HttpClient Client { get; private set; } = null!;
    public IServiceProvider Services => _app.Services;
    public string Data => _folder.FullName;
    public TrackingTokens Tokens => Services.GetRequiredService<TrackingTokens>();
    public SpoolLane Lane => Services.GetRequiredKeyedService<SpoolLane>(RecordHits.Lane);

    public IReadOnlyList<Hint> Heard
    {
        get
        {
            lock (_heard)
                return [.. _heard];
        }
    }

    /// <summary>A counter by name and tag values, as in <c>requests open bad_token</c>.</summary>
    public long Count(string key)
    {
        lock (_counts)
            return _counts.GetValueOrDefault(key);
    }

    public AppDb Db() => Services.GetRequiredService<IDbContextFactory<AppDb>>().CreateDbContext();

    /// <summary>A path under the tracking URL, asked for under another host name.</summary>
    public async Task<HttpResponseMessage> AskAsync(
        string url,
        HttpMethod? method = null,
        string agent = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
        params (string Name, string Value)[] headers
    )
    {
        var path = url.Replace("http://track.example.com", "", StringComparison.Ordinal);
        using var request = new HttpRequestMessage(method ?? HttpMethod.Get, path);
        request.Headers.Host = "anything.example.net";
        request.Headers.TryAddWithoutValidation("User-Agent", agent);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await Client.SendAsync(request);
    }

    public async Task DrainedAsync()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await Lane.DrainedAsync(deadline.Token);
    }

    public async Task<TrackedEmail> AddMailAsync(
        int recipients = 1,
        SendState state = SendState.Sent,
        bool track = true,
        long user = 7
    )
    {
        await using var db = Db();
        var at = new DateTime(2026, 1, 5, 8, 0, 0, DateTimeKind.Utc);
        var mail = new TrackedEmail
        {
            UserId = user,
            CreatedAt = at,
            State = state,
            SentAt = state == SendState.Sent ? at : null,
            Track = track,
            TrackOpens = track,
            TrackClicks = track,
            LastEventAt = at,
        };
        for (var i = 0; i < recipients; i++)
            mail.Recipients.Add(
                new TrackedRecipient
                {
                    Kind = "to",
                    Address = $"maria{i}@contoso.test",
                    ContactId = 100 + i,
                }
            );
        db.TrackedEmails.Add(mail);
        await db.SaveChangesAsync();
        return mail;
    }

    public async Task<TrackedEmail> ReadMailAsync(long id)
    {
        await using var db = Db();
        return await db.TrackedEmails.Include(m => m.Recipients).SingleAsync(m => m.Id == id);
    }

    public async Task<List<Hit>> HitsAsync()
    {
        await using var db = Db();
        return await db.Hits.OrderBy(h => h.Id).ToListAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        SqliteConnection.ClearAllPools();
        _folder.Delete(recursive: true);
        if (_database is not null)
            await PostgresServer.DropAsync(_database);
    }
}
