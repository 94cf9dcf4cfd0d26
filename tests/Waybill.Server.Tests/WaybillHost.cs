using System.Net;
using System.Net.Sockets;
using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MimeKit;
using Waybill.Server.Crm;
using Waybill.Server.Identity;
using Waybill.Server.Kernel;
using Waybill.Server.Settings;
using Waybill.Server.Spool;
using Waybill.Server.Storage;
using Waybill.Server.Web;

namespace Waybill.Server.Tests;

/// <summary>The real host on ports and a data folder of its own: real Kestrel, real SMTP, a real SQLite file or PostgreSQL database.</summary>
public class WaybillHost : IAsyncLifetime
{
    WebApplication? _app;

    public string Data
    {
        get => field ??= Directory.CreateTempSubdirectory("waybill-test-").FullName;
        init;
    }

    public int HttpPort { get; init; } = FreePort();
    public int HttpsPort { get; } = FreePort();
    public int SmtpPort { get; } = FreePort();
    public bool Demo { get; init; } = true;

    /// <summary>On a PostgreSQL database of its own.</summary>
    public bool OnPostgres { get; init; } = PostgresServer.IsDefault;

    /// <summary>The connection string; null on SQLite.</summary>
    public string? Database { get; set; }

    /// <summary>Further configuration as <c>--key=value</c>.</summary>
    public string[] More { get; init; } = [];
    public string Url => $"http://localhost:{HttpPort}";
    public IServiceProvider Services => _app!.Services;
    public WaybillOptions Options => Services.GetRequiredService<WaybillOptions>();

    public async ValueTask InitializeAsync() => await StartAsync();

    /// <param name="wait">False: the database may be away.</param>
    public async Task StartAsync(bool wait = true)
    {
        if (OnPostgres)
            Database ??= await PostgresServer.NewDatabaseAsync();
        _app = WaybillApp.Build([
            $"--WAYBILL_DATA={Data}",
            $"--WAYBILL_DATABASE={Database}",
            $"--WAYBILL_HTTP_PORT={HttpPort}",
            $"--WAYBILL_HTTPS_PORT={HttpsPort}",
            $"--WAYBILL_SMTP_PORT={SmtpPort}",
            $"--WAYBILL_DEMO={(Demo ? 1 : 0)}",
            "--Logging:LogLevel:Default=Warning",
            .. More,
        ]);
        await _app.StartAsync();
        if (wait)
            await ReadyAsync();
    }

    public async Task ReadyAsync()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await Services.GetRequiredService<DatabaseReady>().WaitAsync(deadline.Token);
    }

    public async Task StopAsync()
    {
        if (_app is null)
            return;
        await _app.StopAsync();
        var folder = Services.GetRequiredService<DataFolder>(); // a process gives it up by ending
        await _app.DisposeAsync();
        folder.Dispose();
        _app = null;
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await StopAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(Data, recursive: true);
        if (Database is not null)
            await PostgresServer.DropAsync(Database);
    }

    public AppDb Db() => Services.GetRequiredService<IDbContextFactory<AppDb>>().CreateDbContext();

    public async Task<User> AddUserAsync(string address, Action<User>? change = null)
    {
        await using var db = Db();
        var user = new User
        {
            UserName = address,
            NormalizedUserName = address.ToUpperInvariant(),
            Email = address,
            NormalizedEmail = address.ToUpperInvariant(),
            SecurityStamp = Guid.NewGuid().ToString(),
            Name = address.Split('@')[0],
        };
        change?.Invoke(user);
        db.Users.Add(user);
        await db.SaveChangesAsync();
        return user;
    }

    public async Task ChangeSettingsAsync(Action<AccountSettings> change)
    {
        await using var db = Db();
        var settings = await db.AccountSettings.SingleOrDefaultAsync();
        if (settings is null)
            db.AccountSettings.Add(settings = new AccountSettings());
        change(settings);
        await db.SaveChangesAsync();
    }

    public async Task<Record> AddRecordAsync(string type, string name, Action<Record>? change = null)
    {
        await using var db = Db();
        var now = DateTime.UnixEpoch.AddYears(56);
        var record = new Record
        {
            Type = type,
            Name = name,
            CreatedAt = now,
            UpdatedAt = now,
        };
        change?.Invoke(record);
        db.Records.Add(record);
        await db.SaveChangesAsync();
        if (type == RecordTypes.Contact && record["email"] is { } address)
            db.ContactAddresses.Add(
                new ContactAddress
                {
                    Address = address,
                    ContactId = record.Id,
                    Primary = true,
                }
            );
        await db.SaveChangesAsync();
        return record;
    }

    public async Task AssociateAsync(Record one, Record other, bool primary = false)
    {
        await using var db = Db();
        await Associate.TogetherAsync(db, one, other, primary);
        await db.SaveChangesAsync();
    }

    /// <summary>Sends by SMTP with this envelope, as a mail server would, and waits until the mail is drained.</summary>
    public async Task SendAsync(MimeMessage message, params string[] recipients)
    {
        await HandInAsync(message, recipients);
        await DrainedAsync("mail");
    }

    /// <summary>Until the receiver has said 250.</summary>
    public async Task HandInAsync(MimeMessage message, params string[] recipients)
    {
        using var smtp = new SmtpClient();
        await smtp.ConnectAsync("127.0.0.1", SmtpPort, SecureSocketOptions.None);
        var from = message.From.Mailboxes.FirstOrDefault() ?? new MailboxAddress("", "nobody@nowhere.test");
        await smtp.SendAsync(message, from, recipients.Select(r => new MailboxAddress("", r)));
        await smtp.DisconnectAsync(true);
    }

    public async Task DrainedAsync(string lane)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await Services.GetRequiredKeyedService<SpoolLane>(lane).DrainedAsync(deadline.Token);
    }

    static int s_port = Random.Shared.Next(20_000);

    /// <summary>Below the ports the system gives to outgoing connections, which would take it before we listen.</summary>
    public static int FreePort()
    {
        for (; ; )
            try
            {
                var port = 11_000 + (int)((uint)Interlocked.Increment(ref s_port) % 20_000);
                using var probe = new TcpListener(IPAddress.Loopback, port);
                probe.Start();
                return port;
            }
            catch (SocketException) { }
    }
}
