using System.Net;
using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MimeKit;
using MimeKit.Utils;
using Waybill.Server.Crm;
using Waybill.Server.Identity;
using Waybill.Server.Kernel;
using Waybill.Server.Logging;
using Waybill.Server.Spool;
using Waybill.Server.Tests.Identity;
using Waybill.Server.Tracking;

namespace Waybill.Server.Tests.Durability;

/// <summary>
/// The database locked, moved, missing at start, the disk full: the pixel is always served, mail is kept or told to come again, pages say
/// what is wrong, what was acknowledged is there in the end, and nobody has to do anything but take the cause away.
/// </summary>
public sealed class OutageTests : IAsyncLifetime
{
    const string Bcc = "1000001@bcc.waybill.test";
    const string Away = "Waybill can’t use its database";
    const string PagePath = "/settings/me";
    readonly DirectoryInfo _elsewhere = Directory.CreateTempSubdirectory("waybill-away-");
    readonly List<string> _mails = [];
    WaybillHost _host = new() { OnPostgres = false };
    Tmpfs? _disk;
    WebVisitor? _visitor;
    string _pixel = "";
    string _click = "";
    int _hits;

    string File => Path.Combine(_host.Data, "waybill.db");
    string Moved => Path.Combine(_elsewhere.FullName, "waybill.db");

    [Fact]
    public async Task The_database_away_at_start_is_waited_for_while_hits_and_mail_are_taken()
    {
        await BeginAsync();
        await _host.StopAsync();
        SqliteConnection.ClearAllPools();
        System.IO.File.Move(File, Moved);
        await _host.StartAsync(wait: false);

        await HitsAndMailAreTakenAsync();
        await PagesSayWhyAsync();
        Assert.False(System.IO.File.Exists(File));

        System.IO.File.Move(Moved, File);
        await _host.ReadyAsync();
        await EverythingIsThereOnceAsync();
    }

    [Fact]
    public async Task PostgreSQL_down_at_start_and_later_is_waited_for_while_hits_and_mail_are_taken()
    {
        _host = new WaybillHost { OnPostgres = true };
        await BeginAsync();
        await _host.StopAsync();
        using var door = new PostgresDoor(_host.Database!);
        _host.Database = door.Connection;
        await _host.StartAsync(wait: false);

        await HitsAndMailAreTakenAsync();
        await PagesSayWhyAsync();
        door.Open();
        await _host.ReadyAsync();
        await EverythingIsThereOnceAsync();

        door.Shut();
        await HitsAndMailAreTakenAsync();
        await PagesSayWhyAsync();
        door.Open();
        await EverythingIsThereOnceAsync();
    }

    [Fact]
    public async Task The_database_moved_away_under_the_server_is_waited_for()
    {
        await BeginAsync();
        await HitsAndMailAreTakenAsync();
        await DrainedAsync();
        System.IO.File.Move(File, Moved);

        await HitsAndMailAreTakenAsync();
        await PagesSayWhyAsync();
        Assert.False(System.IO.File.Exists(File));
        Assert.True(Lane("hits").Depth > 0, "Hits went into a file that is not there.");

        System.IO.File.Move(Moved, File);
        await EverythingIsThereOnceAsync();
    }

    [Fact]
    public async Task A_locked_database_holds_up_neither_readers_nor_senders()
    {
        await BeginAsync();
        await using (var other = new SqliteConnection($"Data Source={File};Pooling=False"))
        {
            await other.OpenAsync();
            await using var hold = other.CreateCommand();
            hold.CommandText = "BEGIN EXCLUSIVE";
            await hold.ExecuteNonQueryAsync();

            await HitsAndMailAreTakenAsync();
            Assert.True(Lane("hits").Depth > 0);
            Assert.True(Lane("mail").Depth > 0);
        }
        await EverythingIsThereOnceAsync();
    }

    [Fact]
    public async Task A_full_disk_turns_mail_away_and_passes_by_itself()
    {
        _disk = new Tmpfs(96);
        _host = new WaybillHost { Data = Path.Combine(_disk.Folder, "data"), OnPostgres = false };
        await BeginAsync();
        await HitsAndMailAreTakenAsync();
        await DrainedAsync();
        _disk.Fill();

        // A segment of the spool is laid out before it is needed: what fits is still taken. A large mail needs a file of its own.
        Assert.Equal(SmtpStatusCode.ErrorInProcessing, await TrySendAsync(new string('x', 1 << 20)));
        await TakeAHitAsync();
        Assert.Contains(
            "free in the data folder",
            await ReadyzAsync(HttpStatusCode.ServiceUnavailable),
            StringComparison.Ordinal
        );

        _disk.MakeRoom();
        await _host.ReadyAsync();
        await UntilAsync(async () => await TrySendAsync("after") == SmtpStatusCode.Ok);
        await HitsAndMailAreTakenAsync();
        await EverythingIsThereOnceAsync(atLeast: true);
    }

    [Fact]
    public async Task A_read_only_data_folder_stops_the_start_with_one_sentence()
    {
        _disk = new Tmpfs(1, ",ro");
        var mistake = await Assert.ThrowsAsync<ConfigurationMistake>(() =>
            new WaybillHost { Data = Path.Combine(_disk.Folder, "data"), OnPostgres = false }.StartAsync()
        );
        Assert.Contains("WAYBILL_DATA", mistake.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', mistake.Message);
    }

    async Task BeginAsync()
    {
        await _host.StartAsync();
        await _host.AddUserAsync("anna@northwind.test", WebVisitor.GivePassword);
        await _host.AddRecordAsync(RecordTypes.Contact, "Maria", c => c["email"] = "lead@contoso.test");
        await using var db = _host.Db();
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        var mail = new TrackedEmail
        {
            UserId = (await db.Users.SingleAsync()).Id,
            CreatedAt = now,
            LastEventAt = now,
            SentAt = now,
            State = SendState.Sent,
            Track = true,
            TrackOpens = true,
            TrackClicks = true,
        };
        db.TrackedEmails.Add(mail);
        await db.SaveChangesAsync();
        var tokens = _host.Services.GetRequiredService<TrackingTokens>();
        _pixel = new Uri(tokens.PixelUrl(mail.Id)).AbsolutePath;
        _click = new Uri(tokens.ClickUrl(mail.Id, 1, "https://example.com/offer")).AbsolutePath;
        _visitor = new WebVisitor(_host.Url);
        await _visitor.SignInAsync("anna@northwind.test");
    }

    async Task HitsAndMailAreTakenAsync()
    {
        await TakeAHitAsync();
        Assert.Equal(SmtpStatusCode.Ok, await TrySendAsync("Hello"));
    }

    /// <summary>Both an open and a click, answered as ever and kept.</summary>
    async Task TakeAHitAsync()
    {
        using var image = await GetAsync(_pixel);
        Assert.Equal("image/gif", image.Content.Headers.ContentType?.MediaType);
        using var redirect = await GetAsync(_click);
        Assert.Equal("https://example.com/offer", redirect.Headers.Location?.ToString());
        _hits += 2;
    }

    async Task PagesSayWhyAsync()
    {
        using var visitor = new WebVisitor(_host.Url);
        using (var page = await visitor.Http.GetAsync(new Uri("/sign-in", UriKind.Relative)))
            if (!_host.Services.GetRequiredService<Server.Storage.DatabaseReady>().Yes)
                await SaysAwayAsync(page);
        // Someone signed in: their session can't be looked up.
        await UntilAsync(async () =>
        {
            using var page = await _visitor!.Http.GetAsync(new Uri(PagePath, UriKind.Relative));
            if (page.StatusCode != HttpStatusCode.ServiceUnavailable)
                return false;
            await SaysAwayAsync(page);
            return true;
        });
        await ReadyzAsync(HttpStatusCode.ServiceUnavailable);
        using var alive = await GetAsync("/healthz");
        Assert.Equal(HttpStatusCode.OK, alive.StatusCode);
    }

    static async Task SaysAwayAsync(HttpResponseMessage page)
    {
        Assert.Equal(HttpStatusCode.ServiceUnavailable, page.StatusCode);
        Assert.Equal("text/html", page.Content.Headers.ContentType?.MediaType);
        Assert.NotNull(page.Headers.RetryAfter);
        Assert.Contains(Away, WebUtility.HtmlDecode(await page.Content.ReadAsStringAsync()), StringComparison.Ordinal);
    }

    async Task EverythingIsThereOnceAsync(bool atLeast = false)
    {
        await DrainedAsync();
        await using var db = _host.Db();
        Assert.Equal(_mails.Order(), (await db.LoggedEmails.Select(e => e.MessageId).ToListAsync()).Order());
        Assert.Equal(_mails.Count, await db.Set<Server.Timeline.TimelineEntry>().CountAsync());
        var (hits, mail) = (await db.Hits.CountAsync(), await db.TrackedEmails.SingleAsync());
        Assert.True(hits == _hits || (atLeast && hits > _hits), $"{hits} hits are there, {_hits} were kept.");
        Assert.Equal(hits, mail.Opens + mail.Clicks + mail.MachineHits);
        Assert.Empty(Lane("hits").Parked.List());
        Assert.Empty(Lane("mail").Parked.List());
        await ReadyzAsync(HttpStatusCode.OK);
        using var page = await _visitor!.Http.GetAsync(new Uri(PagePath, UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
    }

    SpoolLane Lane(string name) => _host.Services.GetRequiredKeyedService<SpoolLane>(name);

    async Task DrainedAsync()
    {
        await _host.DrainedAsync("hits");
        await _host.DrainedAsync("mail");
    }

    async Task<SmtpStatusCode> TrySendAsync(string text)
    {
        var mail = new MimeMessage { Subject = "Outage", MessageId = MimeUtils.GenerateMessageId("outage.test") };
        mail.From.Add(MailboxAddress.Parse("anna@northwind.test"));
        mail.To.Add(MailboxAddress.Parse("lead@contoso.test"));
        mail.Body = new TextPart("plain") { Text = text };
        using var smtp = new SmtpClient();
        await smtp.ConnectAsync("127.0.0.1", _host.SmtpPort, SecureSocketOptions.None);
        try
        {
            await smtp.SendAsync(mail, mail.From.Mailboxes.First(), [MailboxAddress.Parse(Bcc)]);
            _mails.Add(mail.MessageId!);
            return SmtpStatusCode.Ok;
        }
        catch (SmtpCommandException refused)
        {
            return refused.StatusCode;
        }
    }

    async Task<string> ReadyzAsync(HttpStatusCode expected)
    {
        using var answer = await GetAsync("/readyz");
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == expected, text);
        return text;
    }

    async Task<HttpResponseMessage> GetAsync(string path)
    {
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        return await http.GetAsync(new Uri(_host.Url + path));
    }

    static async Task UntilAsync(Func<Task<bool>> holds)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!await holds())
            await Task.Delay(50, deadline.Token);
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        _visitor?.Dispose();
        await _host.DisposeAsync();
        _disk?.Dispose();
        _elsewhere.Delete(recursive: true);
    }
}
