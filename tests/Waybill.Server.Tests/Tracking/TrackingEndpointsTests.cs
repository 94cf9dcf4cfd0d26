using System.Net;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Waybill.Server.Spool;
using Waybill.Server.Storage;
using Waybill.Server.Tracking;

namespace Waybill.Server.Tests.Tracking;

public sealed class TrackingEndpointsTests
{
    const string Offer = "https://example.com/offer?a=b&c=%20#top";

    static async Task<string> WholeAsync(HttpResponseMessage response) =>
        string.Join(
            '\n',
            response
                .Headers.Concat(response.Content.Headers)
                .Where(h => h.Key != "Date")
                .OrderBy(h => h.Key, StringComparer.Ordinal)
                .Select(h => $"{h.Key}: {string.Join(", ", h.Value)}")
                .Prepend($"{(int)response.StatusCode}")
                .Append(Convert.ToHexString(await response.Content.ReadAsByteArrayAsync()))
        );

    [Fact]
    public async Task The_image_is_one_transparent_pixel_that_nobody_may_keep()
    {
        await using var host = await TrackingHost.StartAsync();
        var mail = await host.AddMailAsync();

        using var response = await host.AskAsync(host.Tokens.PixelUrl(mail.Id));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("image/gif", response.Content.Headers.ContentType?.ToString());
        var image = await response.Content.ReadAsByteArrayAsync();
        Assert.Equal(43, image.Length);
        Assert.Equal("GIF89a"u8, image.AsSpan(0, 6));
        Assert.Equal([1, 0, 1, 0], image[6..10]);
        Assert.Equal([0x21, 0xF9, 4, 1], image[19..23]); // graphic control with the transparency flag
        Assert.Equal(0x3B, image[^1]);
        var cache = response.Headers.CacheControl!;
        Assert.True(cache.NoStore && cache.NoCache && cache.MustRevalidate && cache.Private);
        Assert.Equal(TimeSpan.Zero, cache.MaxAge);
        Assert.Equal("no-cache", response.Headers.Pragma.ToString());
        Assert.True(response.Content.Headers.Expires <= DateTimeOffset.UnixEpoch);
        Assert.Equal(["cross-origin"], response.Headers.GetValues("Cross-Origin-Resource-Policy"));
        Assert.Null(response.Headers.ETag);
        Assert.False(response.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task A_bad_token_gets_the_same_answer_and_leaves_only_a_count()
    {
        await using var host = await TrackingHost.StartAsync();
        var mail = await host.AddMailAsync();
        var url = host.Tokens.PixelUrl(mail.Id);
        using var good = await host.AskAsync(url);
        var expected = await WholeAsync(good);
        string[] bad =
        [
            "/t/o/",
            "/t/o/.gif",
            "/t/o/gif",
            "/t/o/AAAA.gif",
            "/t/o/%0d%0a.gif",
            "/t/o/a/b/c.gif",
            $"/t/o/{new string('A', 4000)}.gif",
            url.Replace("http://track.example.com", "", StringComparison.Ordinal)
                .Replace(".gif", "", StringComparison.Ordinal),
            url.Replace("http://track.example.com", "", StringComparison.Ordinal)
                .Replace(".gif", "A.gif", StringComparison.Ordinal),
        ];

        foreach (var path in bad)
        {
            using var response = await host.AskAsync(path);
            Assert.Equal(expected, await WholeAsync(response));
        }

        await host.DrainedAsync();
        Assert.Equal(bad.Length, host.Count("requests open bad_token"));
        Assert.Equal(1, host.Count("requests open kept"));
        Assert.Single(await host.HitsAsync());
    }

    [Fact]
    public async Task A_head_request_is_answered_and_never_stored()
    {
        await using var host = await TrackingHost.StartAsync();
        var mail = await host.AddMailAsync();

        using var pixel = await host.AskAsync(host.Tokens.PixelUrl(mail.Id), HttpMethod.Head);
        using var click = await host.AskAsync(host.Tokens.ClickUrl(mail.Id, 0, Offer), HttpMethod.Head);

        Assert.Equal(HttpStatusCode.OK, pixel.StatusCode);
        Assert.Equal(43, pixel.Content.Headers.ContentLength);
        Assert.Equal(HttpStatusCode.Found, click.StatusCode);
        await host.DrainedAsync();
        Assert.Empty(await host.HitsAsync());
        Assert.Equal((1, 1), (host.Count("requests open head"), host.Count("requests click head")));
    }

    [Fact]
    public async Task A_click_goes_to_the_signed_target_and_nowhere_else()
    {
        await using var host = await TrackingHost.StartAsync();
        var mail = await host.AddMailAsync();
        var url = host.Tokens.ClickUrl(mail.Id, 2, Offer);

        using var response = await host.AskAsync(url + "?url=https://evil.example/");

        Assert.Equal(HttpStatusCode.Found, response.StatusCode);
        Assert.Equal([Offer], response.Headers.NonValidated["Location"]);
        Assert.True(response.Headers.CacheControl!.NoStore);
        Assert.Equal(["no-referrer"], response.Headers.GetValues("Referrer-Policy"));
        Assert.Equal(["noindex"], response.Headers.GetValues("X-Robots-Tag"));
        await host.DrainedAsync();
        var hit = Assert.Single(await host.HitsAsync());
        Assert.Equal((HitKind.Click, 2), (hit.Kind, hit.LinkNumber));
    }

    [Fact]
    public async Task A_bad_click_is_a_plain_page_that_tells_nothing()
    {
        await using var host = await TrackingHost.StartAsync();
        var mail = await host.AddMailAsync();
        var good = host.Tokens.ClickUrl(mail.Id, 0, Offer);
        var evil = host.Tokens.ClickUrl(mail.Id, 0, "https://evil.example/");
        string[] bad =
        [
            "/t/c/",
            "/t/c/AAAA",
            "/t/c/AAAA/",
            "/t/c/AAAA/BBBB",
            good[..good.LastIndexOf('/')] + evil[evil.LastIndexOf('/')..],
            good + "A",
            "/t/x",
            "/t/",
        ];

        foreach (var path in bad)
        {
            using var response = await host.AskAsync(path);
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
            Assert.Equal("text/html", response.Content.Headers.ContentType?.MediaType);
            Assert.Null(response.Headers.Location);
            var page = await response.Content.ReadAsStringAsync();
            Assert.Contains("This link doesn't work", page, StringComparison.Ordinal);
            Assert.DoesNotContain("evil", page, StringComparison.Ordinal);
        }

        await host.DrainedAsync();
        Assert.Empty(await host.HitsAsync());
        Assert.Equal(6, host.Count("requests click bad_token"));
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("OPTIONS")]
    [InlineData("DELETE")]
    public async Task Other_methods_are_refused(string method)
    {
        await using var host = await TrackingHost.StartAsync();
        var mail = await host.AddMailAsync();

        using var pixel = await host.AskAsync(host.Tokens.PixelUrl(mail.Id), new HttpMethod(method));
        using var click = await host.AskAsync(host.Tokens.ClickUrl(mail.Id, 0, Offer), new HttpMethod(method));

        Assert.Equal(HttpStatusCode.MethodNotAllowed, pixel.StatusCode);
        Assert.Equal(["GET", "HEAD"], pixel.Content.Headers.Allow);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, click.StatusCode);
        await host.DrainedAsync();
        Assert.Empty(await host.HitsAsync());
    }

    [Fact]
    public async Task Other_paths_go_on_to_the_application()
    {
        await using var host = await TrackingHost.StartAsync();
        foreach (var path in new[] { "/", "/t", "/tickets", "/feed/t/o/x.gif" })
        {
            using var response = await host.AskAsync(path);
            Assert.Equal((HttpStatusCode)418, response.StatusCode);
        }
    }

    [Fact]
    public async Task Hits_before_the_schema_is_ready_are_there_afterwards()
    {
        await using var host = await TrackingHost.StartAsync();
        var mail = await host.AddMailAsync();
        await using var db = host.Db();
        await db.Database.ExecuteSqlRawAsync("ALTER TABLE hits RENAME TO hits_later");

        using var pixel = await host.AskAsync(host.Tokens.PixelUrl(mail.Id));
        using var click = await host.AskAsync(host.Tokens.ClickUrl(mail.Id, 0, Offer));

        Assert.Equal(HttpStatusCode.OK, pixel.StatusCode);
        Assert.Equal(HttpStatusCode.Found, click.StatusCode);
        await WaitsForTheDatabaseAsync(host);
        await db.Database.ExecuteSqlRawAsync("ALTER TABLE hits_later RENAME TO hits");
        await host.DrainedAsync();
        Assert.Equal(2, (await host.HitsAsync()).Count);
        Assert.Empty(host.Lane.Parked.List());
    }

    /// <summary>What the handler fails with now holds the lane; it parks nothing.</summary>
    static async Task WaitsForTheDatabaseAsync(TrackingHost host)
    {
        Assert.Equal(2, host.Lane.Depth);
        var recordHits = host.Services.GetRequiredService<RecordHits>();
        var hit = new HitEvidence
        {
            Id = 1,
            Kind = HitKind.Open,
            MailId = 1,
            At = DateTime.UnixEpoch,
        };
        var item = new SpoolItem
        {
            Id = 1,
            OriginId = 1,
            AppendedAt = DateTime.UnixEpoch,
            Head = hit.ToBytes(),
            BodyLength = 0,
        };
        var error = await Assert.ThrowsAnyAsync<Exception>(() => recordHits.DrainAsync([item], CancellationToken.None));
        Assert.True(Outage.IsOutage(error), error.ToString());
    }

    [Fact]
    public void Data_that_is_wrong_is_no_outage()
    {
        Assert.False(Outage.IsOutage(new System.Text.Json.JsonException()));
        Assert.False(Outage.IsOutage(new SqliteException("UNIQUE constraint failed: hits.spool_id", 19)));
        Assert.False(Outage.IsOutage(new FileNotFoundException()));
        Assert.False(Outage.IsOutage(new SqliteException("near \"SELEC\": syntax error", 1)));
    }

    [Fact]
    public async Task Hits_while_the_database_is_away_are_there_when_it_is_back()
    {
        Assert.SkipWhen(PostgresServer.IsDefault, "Moves the SQLite file away; Contracts has the same for PostgreSQL.");
        await using var host = await TrackingHost.StartAsync();
        var mail = await host.AddMailAsync();
        var file = Path.Combine(host.Data, "waybill.db");
        SqliteConnection.ClearAllPools();
        foreach (var path in Directory.GetFiles(host.Data, "waybill.db*"))
            File.Move(path, path.Replace("waybill.db", "away.db", StringComparison.Ordinal));
        Directory.CreateDirectory(file);

        using var pixel = await host.AskAsync(host.Tokens.PixelUrl(mail.Id));
        using var click = await host.AskAsync(host.Tokens.ClickUrl(mail.Id, 0, Offer));

        Assert.Equal(HttpStatusCode.OK, pixel.StatusCode);
        Assert.Equal(HttpStatusCode.Found, click.StatusCode);
        await WaitsForTheDatabaseAsync(host);
        Directory.Delete(file);
        foreach (var path in Directory.GetFiles(host.Data, "away.db*"))
            File.Move(path, path.Replace("away.db", "waybill.db", StringComparison.Ordinal));
        await host.DrainedAsync();
        Assert.Equal(2, (await host.HitsAsync()).Count);
        Assert.Empty(host.Lane.Parked.List());
    }

    [Fact]
    public async Task When_the_spool_refuses_reader_and_clicker_are_served_and_it_is_counted()
    {
        await using var host = await TrackingHost.StartAsync();
        using var good = await host.AskAsync(host.Tokens.PixelUrl(1));
        host.Lane.Dispose();

        using var pixel = await host.AskAsync(host.Tokens.PixelUrl(1));
        using var click = await host.AskAsync(host.Tokens.ClickUrl(1, 0, Offer));

        Assert.Equal(await WholeAsync(good), await WholeAsync(pixel));
        Assert.Equal([Offer], click.Headers.NonValidated["Location"]);
        Assert.Equal((1, 1), (host.Count("requests open refused"), host.Count("requests click refused")));
    }

    [Fact]
    public async Task Past_the_bound_the_image_is_served_and_the_hit_stays_queued()
    {
        await using var host = await TrackingHost.StartAsync(change: services =>
            services.AddSingleton(provider =>
                ActivatorUtilities.CreateInstance<TrackingEndpoints>(provider, new NoTimeLeft())
            )
        );
        var mail = await host.AddMailAsync();

        // Now and then the disk is faster than the check.
        var asked = 0;
        for (; asked < 1000 && host.Count("requests open late") == 0; asked++)
        {
            using var pixel = await host.AskAsync(host.Tokens.PixelUrl(mail.Id));
            Assert.Equal(43, (await pixel.Content.ReadAsByteArrayAsync()).Length);
        }

        Assert.Equal(1, host.Count("requests open late"));
        // The lane counts what is on disk, and the late one may not have been.
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while ((await host.HitsAsync()).Count < asked)
            await Task.Delay(20, deadline.Token);
    }

    /// <summary>Every wait is over when it starts.</summary>
    sealed class NoTimeLeft : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            callback(state);
            return new Over();
        }

        sealed class Over : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose() { }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
