using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Waybill.Server.Kernel;
using Waybill.Server.Keys;
using Waybill.Server.Storage;
using Waybill.Server.Tests.Identity;
using Waybill.Server.Tracking;

namespace Waybill.Server.Tests.Keys;

public sealed class KeysTests : IAsyncLifetime
{
    const UnixFileMode OnlyUs = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    WaybillHost _host = new();

    string Cache => Path.Combine(_host.Data, "keys", "links.cache");
    string KeyFile => Path.Combine(_host.Data, "master.key");

    [Fact]
    public async Task Links_sessions_and_tokens_outlive_a_restart_and_nobody_else_reads_the_keys()
    {
        await _host.StartAsync();
        using var story = await Story.BeginAsync(_host);
        var secrets = await SecretsAsync(MasterKey.Read(_host.Options));

        await AgainAsync();

        await story.GoesOnAsync(_host);
        Assert.Equal(5, secrets.Count);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(OnlyUs, File.GetUnixFileMode(KeyFile));
            Assert.Equal(OnlyUs, File.GetUnixFileMode(Cache));
            Assert.Equal(OnlyUs | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(Cache)!));
        }
        await _host.StopAsync();
        SqliteConnection.ClearAllPools();
        foreach (var file in Directory.GetFiles(_host.Data, "*", SearchOption.AllDirectories))
        foreach (var secret in secrets)
        {
            var bytes = await File.ReadAllBytesAsync(file);
            Assert.Equal(-1, bytes.AsSpan().IndexOf(secret.AsSpan(secret.Length - 16)));
            Assert.DoesNotContain(
                Convert.ToBase64String(secret),
                Encoding.Latin1.GetString(bytes),
                StringComparison.Ordinal
            );
        }
    }

    [Fact]
    public async Task Files_of_an_older_version_are_taken_over_and_serve_while_the_database_is_away()
    {
        Assert.SkipWhen(PostgresServer.IsDefault, "Moves the file of the database");
        await _host.StartAsync();
        using var story = await Story.BeginAsync(_host);
        await AsInTheOlderVersionAsync();
        var (database, away) = (Path.Combine(_host.Data, "waybill.db"), Path.Combine(_host.Data, "away.db"));
        File.Move(database, away);

        await _host.StartAsync(wait: false);
        await story.ClickWorksAsync(_host);
        File.Move(away, database);
        await _host.ReadyAsync();

        await story.GoesOnAsync(_host);
        var folder = Path.GetDirectoryName(Cache)!;
        Assert.Equal(
            ["installation.key", "links.cache", "localhost.pfx"],
            Directory.GetFiles(folder).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)
        );
        Assert.Equal(4, Directory.GetFiles(Path.Combine(folder, "taken-over")).Length);
        Assert.Equal(5, (await Story.RowsAsync(_host)).Count);
        await AgainAsync();
        await story.GoesOnAsync(_host);
    }

    [Fact]
    public async Task Hits_are_checked_from_the_cache_while_the_database_is_away_at_start()
    {
        Assert.SkipWhen(PostgresServer.IsDefault, "Moves the file of the database");
        await _host.StartAsync();
        using var story = await Story.BeginAsync(_host);
        await _host.StopAsync();
        SqliteConnection.ClearAllPools();
        var (database, away) = (Path.Combine(_host.Data, "waybill.db"), Path.Combine(_host.Data, "away.db"));
        File.Move(database, away);

        await _host.StartAsync(wait: false);
        await story.ClickWorksAsync(_host);

        File.Move(away, database);
        await _host.ReadyAsync();
        await story.GoesOnAsync(_host);
    }

    [Fact]
    public async Task After_a_rotation_old_links_and_tokens_are_good_and_new_ones_have_new_keys()
    {
        await _host.StartAsync();
        using var story = await Story.BeginAsync(_host);
        using var said = new StringWriter();

        Assert.Equal(0, await KeysCommand.RunAsync(_host.Options, "rotate", said, TimeProvider.System));
        await KeyTable.RefreshAsync(_host.Services, default);
        var links = _host.Services.GetRequiredService<LinkKeys>();
        Assert.Equal(1, links.NewestId); // other nodes have not seen the new one
        Assert.NotNull(links.Find(2));
        await AgeAsync(Rotation.Spread, 2);
        await KeyTable.RefreshAsync(_host.Services, default);

        Assert.Equal(2, links.NewestId);
        await story.GoesOnAsync(_host);
        using var later = await Story.BeginAsync(_host);
        await later.GoesOnAsync(_host);
        Assert.NotEqual(KeyIdOf(story.Tokens.Access!), KeyIdOf(later.Tokens.Access!));
        using var pane = Pane.At(_host.Url);
        Assert.Null((await pane.RefreshAsync(story.Tokens.Refresh!)).Error);
        await AgainAsync();
        await story.GoesOnAsync(_host);
        await later.GoesOnAsync(_host);
    }

    [Fact]
    public async Task The_list_tells_names_and_ages_and_no_secret()
    {
        await _host.StartAsync();
        using var said = new StringWriter();
        await KeysCommand.RunAsync(_host.Options, "rotate", TextWriter.Null, TimeProvider.System);

        await KeysCommand.RunAsync(_host.Options, "list", said, TimeProvider.System);

        var day = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd", null);
        Assert.Matches($"(?m)^links-2 +made {day} +0 days$", said.ToString());
        Assert.Matches($"(?m)^oauth-signing-1 +made {day} +0 days  retired {day}$", said.ToString());
        foreach (var secret in await SecretsAsync(MasterKey.Read(_host.Options)))
            Assert.DoesNotContain(Convert.ToBase64String(secret)[..8], said.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_running_server_sees_new_keys_within_a_minute()
    {
        await _host.StartAsync();
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        using var watch = new KeyWatch(
            _host.Services,
            _host.Services.GetRequiredService<DatabaseReady>(),
            _host.Services.GetRequiredService<MasterKey>(),
            time,
            NullLogger<KeyWatch>.Instance
        );
        await watch.StartAsync(default);
        await KeysCommand.RunAsync(_host.Options, "rotate", TextWriter.Null, TimeProvider.System);

        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var began = time.GetUtcNow();
        while (_host.Services.GetRequiredService<LinkKeys>().Find(2) is null)
        {
            if (time.GetUtcNow() - began < TimeSpan.FromSeconds(60))
                time.Advance(TimeSpan.FromSeconds(10));
            await Task.Delay(20, deadline.Token);
        }
        await watch.StopAsync(default);
    }

    [Fact]
    public async Task The_clock_follows_oauth_keys_after_90_days_and_deletes_them_31_days_later()
    {
        await _host.StartAsync();
        var master = _host.Services.GetRequiredService<MasterKey>();
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;

        Assert.Equal(["1", "1"], await OAuthAsync(now.AddDays(89)));
        Assert.Equal(["1r 2", "1r 2"], await OAuthAsync(now.AddDays(91)));
        Assert.Equal(["1r 2", "1r 2"], await OAuthAsync(now.AddDays(91 + 30)));
        Assert.Equal(["2", "2"], await OAuthAsync(now.AddDays(91 + 32)));
        Assert.Single(await Story.RowsAsync(_host), k => k.Purpose == Purposes.Links);
        await KeyTable.RefreshAsync(_host.Services, default);
        using var story = await Story.BeginAsync(_host);
        await story.GoesOnAsync(_host);

        async Task<string[]> OAuthAsync(DateTime at)
        {
            await using (var db = _host.Db())
                await Rotation.NowAsync(db, master, at, default);
            var rows = await Story.RowsAsync(_host);
            return
            [
                .. Rotation.OAuth.Select(p =>
                    string.Join(
                        ' ',
                        rows.Where(r => r.Purpose == p).Select(r => $"{r.Number}{(r.RetiredAt is null ? "" : "r")}")
                    )
                ),
            ];
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_wrong_master_key_ends_the_start_with_one_line_and_changes_nothing(bool another)
    {
        _host = new() { Data = _host.Data, More = [$"--WAYBILL_MASTER_KEY={NewKey()}"] };
        await _host.StartAsync();
        using var story = await Story.BeginAsync(_host);
        var before = (await Story.RowsAsync(_host)).Select(k => Convert.ToBase64String(k.Wrapped)).ToList();
        var (right, wrong) = (
            _host,
            _host.Options with
            {
                MasterKey = another ? RandomNumberGenerator.GetBytes(32) : null,
            }
        );

        var told = Assert.Throws<ConfigurationMistake>(() =>
            new KeyRing(wrong, MasterKey.ReadOrMake(wrong), TimeProvider.System)
        );
        Assert.Contains("WAYBILL_MASTER_KEY_OLD", told.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', told.Message);
        // Without the cache it is the table that says so.
        await right.StopAsync();
        File.Delete(Cache);
        _host = new()
        {
            Data = right.Data,
            Database = right.Database,
            More = another ? [$"--WAYBILL_MASTER_KEY={NewKey()}"] : [],
        };
        var later = await Assert.ThrowsAsync<ConfigurationMistake>(() => _host.StartAsync());
        Assert.Contains("WAYBILL_MASTER_KEY_OLD", later.Message, StringComparison.Ordinal);
        Assert.Equal(before, (await Story.RowsAsync(_host)).Select(k => Convert.ToBase64String(k.Wrapped)));
        await _host.StopAsync();

        Assert.False(File.Exists(KeyFile));
        Assert.False(File.Exists(Cache));
        _host = right;
        await _host.StartAsync();
        await story.GoesOnAsync(_host);
    }

    [Fact]
    public async Task The_master_key_changes_from_the_file_to_one_and_to_another_and_all_goes_on()
    {
        await _host.StartAsync();
        using var story = await Story.BeginAsync(_host);
        var (first, second) = (NewKey(), NewKey());

        await WithAsync($"--WAYBILL_MASTER_KEY={first}");
        await story.GoesOnAsync(_host);
        File.Delete(KeyFile);
        await WithAsync($"--WAYBILL_MASTER_KEY={second}", $"--WAYBILL_MASTER_KEY_OLD={first}");
        await story.GoesOnAsync(_host);
        await WithAsync($"--WAYBILL_MASTER_KEY={second}");
        await story.GoesOnAsync(_host);
        await WithAsync($"--WAYBILL_MASTER_KEY_OLD={second}");
        await story.GoesOnAsync(_host);
        await WithAsync();
        await story.GoesOnAsync(_host);

        async Task WithAsync(params string[] more)
        {
            await _host.StopAsync();
            // The same address, since tokens name their issuer.
            _host = new()
            {
                Data = _host.Data,
                Database = _host.Database,
                HttpPort = _host.HttpPort,
                More = more,
            };
            await _host.StartAsync();
        }
    }

    [Fact]
    public async Task A_node_with_another_master_key_makes_no_keys()
    {
        await _host.StartAsync();
        var other = MasterKey.Read(_host.Options with { MasterKey = RandomNumberGenerator.GetBytes(32) });
        // It knows the file's key as the earlier one, but has not been started with it.
        await using var db = _host.Db();
        await Assert.ThrowsAsync<ConfigurationMistake>(() =>
            Rotation.MakeAsync(db, other, Rotation.ByCommand, DateTime.UnixEpoch, default)
        );
        Assert.Equal(4, (await Story.RowsAsync(_host)).Count(k => k.Purpose != Purposes.Cookies));
    }

    [Theory]
    [InlineData("links.json", "")]
    [InlineData("links.json", "{}")]
    [InlineData("links.json", """{"keys":[],"addresses":""}""")]
    [InlineData("links.json", """{"keys":[{"id":1,"secret":"AAAA"}],"addresses":"AAAA"}""")]
    [InlineData("links.json", """{"keys":[{"id":999,"secret":"AAAA"}],"addresses":"AAAA"}""")]
    [InlineData("oauth-signing.pem", "-----BEGIN")]
    [InlineData("oauth-encryption.key", "!")]
    [InlineData("key-1.xml", "<key")]
    public void A_damaged_file_of_an_older_version_stops_the_start_and_is_left_alone(string name, string content)
    {
        var options = Options();
        Directory.CreateDirectory(options.InData("keys"));
        var path = options.InData("keys", name);
        File.WriteAllText(path, content);

        var mistake = Assert.Throws<ConfigurationMistake>(() =>
            new KeyRing(options, MasterKey.ReadOrMake(options), TimeProvider.System)
        );

        Assert.Contains(path, mistake.Message, StringComparison.Ordinal);
        Assert.Equal(content, File.ReadAllText(path));
    }

    [Fact]
    public async Task A_damaged_cache_is_written_anew_and_a_damaged_master_key_stops_the_start()
    {
        await _host.StartAsync();
        using var story = await Story.BeginAsync(_host);
        await _host.StopAsync();
        await File.WriteAllTextAsync(Cache, "[{");
        await _host.StartAsync();
        await story.GoesOnAsync(_host);
        Assert.NotEqual("[{", await File.ReadAllTextAsync(Cache));

        await File.WriteAllTextAsync(KeyFile, "AAAA");
        var told = Assert.Throws<ConfigurationMistake>(() => MasterKey.ReadOrMake(_host.Options));
        Assert.Contains(KeyFile, told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_table_that_lost_its_keys_takes_none_from_the_server_and_has_them_again_after_a_restart()
    {
        await _host.StartAsync();
        using var story = await Story.BeginAsync(_host);
        await using (var db = _host.Db())
            await db.Keys.Where(k => k.Purpose == Purposes.Links).ExecuteDeleteAsync();

        await Assert.ThrowsAsync<InvalidOperationException>(() => KeyTable.RefreshAsync(_host.Services, default));
        await story.ClickWorksAsync(_host);
        await AgainAsync();

        await story.GoesOnAsync(_host);
        Assert.Single(await Story.RowsAsync(_host), k => k.Purpose == Purposes.Links);
    }

    WaybillOptions Options() =>
        new()
        {
            DataFolder = _host.Data,
            Url = "http://localhost",
            TrackingUrl = "http://localhost",
            MailHost = "localhost",
        };

    async Task AgainAsync()
    {
        await _host.StopAsync();
        await _host.StartAsync();
    }

    async Task AgeAsync(TimeSpan by, int number)
    {
        await using var db = _host.Db();
        var at = TimeProvider.System.GetUtcNow().UtcDateTime - by;
        await db.Keys.Where(k => k.Number == number).ExecuteUpdateAsync(s => s.SetProperty(k => k.CreatedAt, at));
    }

    async Task<List<byte[]>> SecretsAsync(MasterKey master) =>
        [.. (await Story.RowsAsync(_host)).Select(row => master.Open(row).Secret)];

    /// <summary>The same keys in plain files, and nothing of them in the database; stops the host.</summary>
    async Task AsInTheOlderVersionAsync()
    {
        var master = MasterKey.Read(_host.Options);
        var keys = (await Story.RowsAsync(_host)).Select(master.Open).ToLookup(k => k.Purpose, k => k.Secret);
        await using (var db = _host.Db())
            await db.Keys.ExecuteDeleteAsync();
        await _host.StopAsync();
        SqliteConnection.ClearAllPools();
        File.Delete(KeyFile);
        File.Delete(Cache);
        var folder = Path.GetDirectoryName(Cache)!;
        await File.WriteAllTextAsync(
            Path.Combine(folder, "links.json"),
            JsonSerializer.Serialize(
                new
                {
                    keys = new[] { new { id = 1, secret = keys[Purposes.Links].Single() } },
                    addresses = keys[Purposes.Addresses].Single(),
                }
            )
        );
        using var signing = ECDsa.Create();
        signing.ImportPkcs8PrivateKey(keys[Purposes.OAuthSigning].Single(), out _);
        await File.WriteAllTextAsync(
            Path.Combine(folder, "oauth-signing.pem"),
            signing.ExportPkcs8PrivateKeyPem() + "\n"
        );
        await File.WriteAllTextAsync(
            Path.Combine(folder, "oauth-encryption.key"),
            Convert.ToBase64String(keys[Purposes.OAuthEncryption].Single()) + "\n"
        );
        await File.WriteAllTextAsync(
            Path.Combine(folder, "key-7.xml"),
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n" + Encoding.UTF8.GetString(keys[Purposes.Cookies].Single())
        );
    }

    /// <summary>Access tokens are encrypted under a key without a name; what tells them apart is who can open them.</summary>
    string KeyIdOf(string access)
    {
        foreach (var key in _host.Services.GetRequiredService<KeyRing>().Of(Purposes.OAuthEncryption))
            try
            {
                var handler = new Microsoft.IdentityModel.JsonWebTokens.JsonWebTokenHandler();
                handler.DecryptToken(
                    handler.ReadJsonWebToken(access),
                    new() { TokenDecryptionKey = new Microsoft.IdentityModel.Tokens.SymmetricSecurityKey(key.Secret) }
                );
                return key.ToString();
            }
            catch (Microsoft.IdentityModel.Tokens.SecurityTokenException) { }
        return "none";
    }

    static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _host.DisposeAsync();
}
