using System.Diagnostics;
using System.Net;
using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.Data.Sqlite;
using MimeKit;
using Waybill.EndToEnd.Kill;

namespace Waybill.EndToEnd;

/// <summary>
/// A disk that fails or turns read-only under a running server, a database another process holds. Pixels and links go on being answered,
/// mail is kept or told to come again, and what was acknowledged before, meanwhile and after is there once, also after SIGKILL.
/// </summary>
public sealed class BrokenDiskTests : IDisposable
{
    const string Writes = "pwrite64,pwritev,ftruncate,fallocate,fsync,fdatasync,rename,mkdir,unlink";
    readonly string _data = Directory.CreateTempSubdirectory("waybill-disk-").FullName;
    readonly KillServer _server;

    public BrokenDiskTests()
    {
        var program = Path.Combine(RunningWaybill.Repository(), "artifacts/waybill/Waybill.Server.dll");
        Assert.True(File.Exists(program), "The server is not published. Run ./test, which does it.");
        _server = new KillServer(program, _data, line => TestContext.Current.TestOutputHelper?.WriteLine(line));
    }

    [Theory]
    [InlineData("fsync,fdatasync", "EIO")]
    [InlineData(Writes, "EROFS")]
    public async Task A_disk_that_fails_for_a_while_costs_nothing_that_was_acknowledged(string calls, string error)
    {
        await _server.StartAsync();
        var ledger = new KillLedger(_data);
        var paths = await ledger.AddTrackedMailsAsync();
        var load = new KillLoad(_server.Http, _server.Smtp, paths);
        load.Start();
        await UntilAsync(() => Task.FromResult(load.Hits.Count > 100 && load.Mails.Count > 10));

        load.NotesHits = false;
        await using (await FailingCalls.OfAsync(_server.ProcessId, calls, $"error={error}"))
        {
            var refused = load.Refused + 5;
            await UntilAsync(() => Task.FromResult(load.Refused >= refused));
            await PixelsAndLinksAreAnsweredAsync(paths);
            await UntilAsync(() => IsReadyAsync(HttpStatusCode.ServiceUnavailable));
        }
        await UntilAsync(() => IsReadyAsync(HttpStatusCode.OK));
        load.NotesHits = true;
        var (hits, mails) = (load.Hits.Count + 100, load.Mails.Count + 10);
        await UntilAsync(() => Task.FromResult(load.Hits.Count > hits && load.Mails.Count > mails));
        await NothingIsLostAsync(ledger, load);
    }

    /// <summary>After a failed flush the kernel forgets which pages were not written (fsync(2)): a second one that succeeds proves nothing.</summary>
    [Fact]
    public async Task A_flush_that_failed_is_not_believed_the_second_time()
    {
        await _server.StartAsync();
        Assert.Equal(SmtpStatusCode.Ok, await SendAsync());
        await using (await FailingCalls.OfAsync(_server.ProcessId, "fdatasync", "error=EIO:when=1"))
            Assert.Equal(SmtpStatusCode.ErrorInProcessing, await SendAsync());
        await UntilAsync(async () => await SendAsync() == SmtpStatusCode.Ok);
    }

    [Fact]
    public async Task A_database_another_process_holds_for_long_is_waited_for()
    {
        await _server.StartAsync();
        var ledger = new KillLedger(_data);
        var load = new KillLoad(_server.Http, _server.Smtp, await ledger.AddTrackedMailsAsync());
        load.Start();
        await UntilAsync(() => Task.FromResult(load.Hits.Count > 100 && load.Mails.Count > 10));
        await using (var other = new SqliteConnection($"Data Source={Path.Combine(_data, "waybill.db")};Pooling=False"))
        {
            await other.OpenAsync();
            await using var hold = other.CreateCommand();
            hold.CommandText = "BEGIN IMMEDIATE";
            await hold.ExecuteNonQueryAsync();
            var (hits, mails) = (load.Hits.Count + 100, load.Mails.Count + 10);
            await UntilAsync(() => Task.FromResult(load.Hits.Count > hits && load.Mails.Count > mails));
            load.Pause();
            // Past the 30 s that SQLite waits by itself: both lanes have met it as an outage.
            await UntilAsync(async () =>
                (await _server.MetricAsync("waybill_spool_outages_total")).Count(n => n != "0") == 2
            );
        }
        load.Resume();
        await NothingIsLostAsync(ledger, load);
    }

    async Task NothingIsLostAsync(KillLedger ledger, KillLoad load)
    {
        _server.Kill();
        await _server.StartAsync();
        await load.StopAsync();
        await _server.ArrivedAsync(ledger, load);
        _server.Kill();
        Assert.Empty(await ledger.CompareAsync(load, line => TestContext.Current.TestOutputHelper?.WriteLine(line)));
    }

    async Task PixelsAndLinksAreAnsweredAsync(IReadOnlyList<string> paths)
    {
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        foreach (var path in paths.Take(2))
        {
            using var answer = await http.GetAsync(new Uri($"http://127.0.0.1:{_server.Http}{path}"));
            Assert.Equal(
                path.StartsWith("/t/o/", StringComparison.Ordinal) ? HttpStatusCode.OK : HttpStatusCode.Found,
                answer.StatusCode
            );
        }
    }

    async Task<bool> IsReadyAsync(HttpStatusCode expected)
    {
        using var http = new HttpClient();
        using var answer = await http.GetAsync(new Uri($"http://127.0.0.1:{_server.Http}/readyz"));
        return answer.StatusCode == expected;
    }

    async Task<SmtpStatusCode> SendAsync()
    {
        var mail = new MimeMessage
        {
            Subject = "Flush",
            Body = new TextPart("plain") { Text = "Hello" },
        };
        mail.From.Add(MailboxAddress.Parse("anna@northwind.test"));
        mail.To.Add(MailboxAddress.Parse("lead@contoso.test"));
        using var smtp = new SmtpClient();
        await smtp.ConnectAsync("127.0.0.1", _server.Smtp, SecureSocketOptions.None);
        try
        {
            await smtp.SendAsync(mail, mail.From.Mailboxes.First(), [MailboxAddress.Parse("1000001@bcc.waybill.test")]);
            return SmtpStatusCode.Ok;
        }
        catch (SmtpCommandException refused)
        {
            return refused.StatusCode;
        }
    }

    static async Task UntilAsync(Func<Task<bool>> holds)
    {
        var waiting = Stopwatch.StartNew();
        while (!await holds())
        {
            Assert.True(waiting.Elapsed < TimeSpan.FromSeconds(120), "It did not come to that.");
            await Task.Delay(50);
        }
    }

    public void Dispose()
    {
        _server.Dispose();
        Directory.Delete(_data, recursive: true);
    }
}
