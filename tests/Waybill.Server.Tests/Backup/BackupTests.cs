using System.Collections.Concurrent;
using System.Net;
using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MimeKit;
using MimeKit.Utils;
using Waybill.Server.Backup;
using Waybill.Server.Kernel;
using Waybill.Server.Logging;
using Waybill.Server.Spool;
using Waybill.Server.Storage;
using Waybill.Server.Tracking;
using Waybill.Server.Web;

namespace Waybill.Server.Tests.Backup;

public sealed class BackupOnSqlite() : BackupContract(onPostgres: false)
{
    [Fact]
    public async Task A_restore_leaves_a_running_server_alone()
    {
        var file = await BackupAsync();

        var told = Assert.Throws<ConfigurationMistake>(() =>
        {
            using var _ = new DataFolder(Waybill.Options);
        });

        Assert.Contains("is in use by another Waybill", told.Message, StringComparison.Ordinal);
        Assert.True(File.Exists(file));
    }
}

public sealed class BackupOnPostgres() : BackupContract(onPostgres: true)
{
    [Fact]
    public async Task A_database_a_server_is_using_is_not_restored_over()
    {
        var file = await BackupAsync();

        var told = await Assert.ThrowsAsync<ConfigurationMistake>(() => RestoreAsync(Waybill, file, force: true));

        Assert.StartsWith("A Waybill is running on test_", told.Message, StringComparison.Ordinal);
    }
}

/// <summary>Backup under load, wipe, restore: what was acknowledged before the backup began is all there.</summary>
public abstract class BackupContract(bool onPostgres) : IAsyncLifetime
{
    const string Bcc = "1000001@bcc.waybill.test";
    readonly string _folder = Directory.CreateTempSubdirectory("waybill-backup-").FullName;
    readonly StringWriter _said = new();
    WaybillOptions _options = null!;
    long _mail;
    string _pixel = "";

    protected WaybillHost Waybill { get; } = new() { OnPostgres = onPostgres };

    public async ValueTask InitializeAsync()
    {
        await Waybill.InitializeAsync();
        _options = Waybill.Options;
        var anna = await Waybill.AddUserAsync("anna@northwind.test");
        await Waybill.ChangeSettingsAsync(s => s.OwnDomains = ["northwind.test"]);
        await using var db = Waybill.Db();
        var mail = new TrackedEmail
        {
            UserId = anna.Id,
            CreatedAt = DateTime.UnixEpoch,
            State = SendState.Sent,
            TrackOpens = true,
        };
        db.TrackedEmails.Add(mail);
        await db.SaveChangesAsync();
        _mail = mail.Id;
        _pixel = new Uri(Waybill.Services.GetRequiredService<TrackingTokens>().PixelUrl(_mail)).PathAndQuery;
    }

    [Fact]
    public async Task Under_load_nothing_acknowledged_before_it_is_missing_afterwards()
    {
        using var enough = new CancellationTokenSource();
        var logged = new ConcurrentQueue<string>();
        var opens = 0;
        var load = Task.WhenAll(
            Task.Run(async () =>
            {
                while (!enough.IsCancellationRequested)
                    logged.Enqueue(await SendAsync());
            }),
            Task.Run(async () =>
            {
                while (!enough.IsCancellationRequested)
                {
                    await AskPixelAsync(Waybill);
                    Interlocked.Increment(ref opens);
                }
            })
        );
        while (logged.Count < 15 || Volatile.Read(ref opens) < 100)
            await Task.Delay(10);
        var (mails, hits) = (logged.ToList(), Volatile.Read(ref opens));

        var file = await BackupAsync();
        await enough.CancelAsync();
        await load;
        await using var restored = await RestoredAsync(file);
        await restored.StartAsync();
        await restored.DrainedAsync(RecordHits.Lane);
        await restored.DrainedAsync(ReceiveMail.Lane);

        await using var db = restored.Db();
        var kept = await db.LoggedEmails.Include(e => e.Attachments).ToListAsync();
        Assert.Empty(mails.Except(kept.Select(e => e.MessageId)));
        Assert.Equal(kept.Count, kept.DistinctBy(e => e.MessageId).Count());
        var blobs = restored.Services.GetRequiredService<Blobs>();
        foreach (var id in kept.SelectMany(e => e.Attachments.Select(a => a.Blob).Append(e.RawBlob)))
            await using (var blob = blobs.Open(id))
                Assert.NotNull(blob);
        Assert.InRange(await db.Hits.CountAsync(), hits, int.MaxValue);
        Assert.InRange(await db.Hits.CountAsync(), hits, Volatile.Read(ref opens));
    }

    [Fact]
    public async Task What_waits_in_the_spool_is_drained_after_the_restore_and_new_items_get_new_ids()
    {
        await using (var db = Waybill.Db())
            await db.Database.ExecuteSqlRawAsync("ALTER TABLE hits RENAME TO hits_later");
        for (var i = 0; i < 5; i++)
            await AskPixelAsync(Waybill);

        var file = await BackupAsync();
        await using var restored = await RestoredAsync(file);
        await restored.StartAsync();
        await using (var db = restored.Db())
            await db.Database.ExecuteSqlRawAsync("ALTER TABLE hits_later RENAME TO hits");
        // The keys came along: a link of a mail sent before is still ours.
        await AskPixelAsync(restored);
        await restored.DrainedAsync(RecordHits.Lane);

        await using var after = restored.Db();
        Assert.Equal(6, await after.Hits.CountAsync(h => h.TrackedEmailId == _mail));
        var next = await restored
            .Services.GetRequiredKeyedService<SpoolLane>(ReceiveMail.Lane)
            .AppendAsync(new byte[] { 1 });
        Assert.True(next > 1_000_000_000, $"{next}");
    }

    [Fact]
    public async Task A_damaged_backup_changes_nothing()
    {
        var file = await BackupAsync();
        var bytes = await File.ReadAllBytesAsync(file);
        await File.WriteAllBytesAsync(file, bytes[..(bytes.Length - 100)]);
        await using var restored = await EmptyAsync();

        var told = await Assert.ThrowsAsync<ConfigurationMistake>(() => RestoreAsync(restored, file));

        Assert.Contains("is damaged", told.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(restored.Data));
    }

    [Fact]
    public async Task Data_that_is_there_is_not_replaced_unless_asked_and_then_moved_aside()
    {
        var file = await BackupAsync();
        await using var restored = await RestoredAsync(file);
        await File.WriteAllTextAsync(Path.Combine(restored.Data, "mine"), "mine");

        var told = await Assert.ThrowsAsync<ConfigurationMistake>(() => RestoreAsync(restored, file));
        await RestoreAsync(restored, file, force: true);

        Assert.Contains("add --force", told.Message, StringComparison.Ordinal);
        var aside = Assert.Single(Directory.GetDirectories(restored.Data, "before-restore-*"));
        Assert.True(File.Exists(Path.Combine(aside, "mine")));
        Assert.False(File.Exists(Path.Combine(restored.Data, "mine")));
        await restored.StartAsync();
        await using var db = restored.Db();
        Assert.Equal(1, await db.TrackedEmails.CountAsync());
    }

    [Fact]
    public async Task Only_its_owner_reads_a_backup_and_it_is_told_how_far_it_is()
    {
        var file = await BackupAsync();

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Equal([file], Directory.GetFileSystemEntries(_folder));
        Assert.Contains("Copying the database", _said.ToString(), StringComparison.Ordinal);
    }

    protected async Task<string> BackupAsync()
    {
        var file = Path.Combine(_folder, "now.backup");
        await MakeBackup.ToFileAsync(_options, file, TimeProvider.System, new(_said, TimeProvider.System));
        return file;
    }

    protected Task RestoreAsync(WaybillHost host, string file, bool force = false) =>
        RestoreBackup.FromFileAsync(
            _options with
            {
                DataFolder = host.Data,
                Database = host.Database,
            },
            file,
            force,
            TimeProvider.System,
            new(_said, TimeProvider.System)
        );

    async Task<WaybillHost> EmptyAsync() =>
        new()
        {
            OnPostgres = onPostgres,
            Database = onPostgres ? await PostgresServer.NewDatabaseAsync(migrated: false) : null,
        };

    /// <summary>The first server is gone, and the backup restored where nothing was.</summary>
    async Task<WaybillHost> RestoredAsync(string file)
    {
        await Waybill.StopAsync();
        var host = await EmptyAsync();
        await RestoreAsync(host, file);
        return host;
    }

    async Task<string> SendAsync()
    {
        using var mail = new MimeMessage
        {
            Subject = "Offer",
            MessageId = MimeUtils.GenerateMessageId("northwind.test"),
        };
        mail.From.Add(new MailboxAddress("Anna", "anna@northwind.test"));
        mail.To.Add(new MailboxAddress("Maria", "maria@contoso.test"));
        var body = new BodyBuilder { TextBody = "Here it is." };
        body.Attachments.Add("offer.bin", Guid.NewGuid().ToByteArray());
        mail.Body = body.ToMessageBody();
        using var smtp = new SmtpClient();
        await smtp.ConnectAsync("127.0.0.1", Waybill.SmtpPort, SecureSocketOptions.None);
        await smtp.SendAsync(mail, new MailboxAddress("", "anna@northwind.test"), [new MailboxAddress("", Bcc)]);
        await smtp.DisconnectAsync(true);
        return mail.MessageId;
    }

    async Task AskPixelAsync(WaybillHost host)
    {
        using var browser = new HttpClient();
        using var answer = await browser.GetAsync(new Uri(host.Url + _pixel));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Waybill.DisposeAsync();
        await _said.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
