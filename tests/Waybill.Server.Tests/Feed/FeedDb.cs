using Microsoft.EntityFrameworkCore;
using Waybill.Server.Identity;
using Waybill.Server.Storage;
using Waybill.Server.Tracking;

namespace Waybill.Server.Tests.Feed;

/// <summary>A real SQLite file with two reps, an admin and whatever mail a test sends.</summary>
public sealed class FeedDb : IAsyncLifetime
{
    public const long Anna = 1;
    public const long Jan = 2;
    public const long Admin = 3;

    /// <summary>Monday noon.</summary>
    public static readonly DateTime Noon = new(2026, 10, 12, 12, 0, 0, DateTimeKind.Utc);

    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("waybill-feed");
    string? _database;
    long _spool;

    public AppDb Open()
    {
        if (_database is not null)
        {
            var postgres = new DbContextOptionsBuilder<PostgresDb>();
            PostgresDb.Configure(postgres, _database);
            return new PostgresDb(postgres.Options);
        }
        var options = new DbContextOptionsBuilder<SqliteDb>();
        SqliteDb.Configure(options, Path.Combine(_folder.FullName, "waybill.db"));
        return new SqliteDb(options.Options);
    }

    public async ValueTask InitializeAsync()
    {
        if (PostgresServer.IsDefault)
            _database = await PostgresServer.NewDatabaseAsync();
        await using var db = Open();
        if (_database is null)
            await db.Database.EnsureCreatedAsync();
        db.Users.AddRange(Someone(Anna, "Anna Kowalska"), Someone(Jan, "Jan Nowak"), Someone(Admin, "Ola Admin"));
        await db.SaveChangesAsync();

        static User Someone(long id, string name) =>
            new()
            {
                Id = id,
                Name = name,
                UserName = $"user{id}",
                NormalizedUserName = $"USER{id}",
                NormalizedEmail = $"USER{id}",
                Role = id == Admin ? Role.SuperAdmin : Role.User,
            };
    }

    public async ValueTask DisposeAsync()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        _folder.Delete(recursive: true);
        if (_database is not null)
            await PostgresServer.DropAsync(_database);
    }

    public async Task<Record> AddAsync(string type, string name)
    {
        await using var db = Open();
        var record = new Record
        {
            Type = type,
            Name = name,
            CreatedAt = Noon,
            UpdatedAt = Noon,
        };
        db.Add(record);
        await db.SaveChangesAsync();
        return record;
    }

    public Task<TrackedEmail> SendAsync(long user, string subject, DateTime at, params string[] to) =>
        SendAsync(
            user,
            subject,
            at,
            [.. to.Select(address => new TrackedRecipient { Kind = "to", Address = address })]
        );

    public async Task<TrackedEmail> SendAsync(
        long user,
        string subject,
        DateTime at,
        IEnumerable<TrackedRecipient> to,
        Action<TrackedEmail>? also = null
    )
    {
        await using var db = Open();
        var mail = new TrackedEmail
        {
            UserId = user,
            CreatedAt = at,
            Subject = subject,
            State = SendState.Sent,
            SentAt = at,
            Track = true,
            LastEventAt = at,
        };
        mail.Recipients.AddRange(to);
        mail.Links.Add(
            new TrackedLink
            {
                Number = 0,
                Url = "https://files.northwind.test/offer",
                Text = "the offer",
            }
        );
        also?.Invoke(mail);
        db.Add(mail);
        await db.SaveChangesAsync();
        return mail;
    }

    /// <summary>Writes what recording a hit writes: the hit and the mail's sums.</summary>
    public async Task<Hit> HitAsync(long mailId, HitKind kind, VerdictKind verdict, DateTime at)
    {
        await using var db = Open();
        var hit = new Hit
        {
            SpoolId = ++_spool,
            TrackedEmailId = mailId,
            Kind = kind,
            At = at,
            LinkNumber = kind is HitKind.Click ? 0 : null,
            Verdict = verdict,
            Reasons = [verdict is VerdictKind.Machine ? "SecurityScanner" : "GmailProxyOpensOnDemand"],
        };
        db.Add(hit);
        var mail = await db.TrackedEmails.SingleAsync(m => m.Id == mailId);
        mail.Opens += kind is HitKind.Open && verdict is not VerdictKind.Machine ? 1 : 0;
        mail.Clicks += kind is HitKind.Click && verdict is not VerdictKind.Machine ? 1 : 0;
        mail.MachineHits += verdict is VerdictKind.Machine ? 1 : 0;
        if (verdict is not VerdictKind.Machine)
            mail.LastEventAt = at;
        await db.SaveChangesAsync();
        return hit;
    }
}
