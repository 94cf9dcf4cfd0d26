using System.Collections.Concurrent;
using System.Security.Claims;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Waybill.Server.Storage;

namespace Waybill.Server.Tracking;

/// <summary>A public address a user was signed in from, as a pseudonym: hits from there are the user's own looks.</summary>
public sealed class SenderSeen : IEntityTypeConfiguration<SenderSeen>
{
    public required long UserId { get; init; }

    /// <summary><see cref="RemoteAddress.Pseudonym"/>; it fits for one calendar month.</summary>
    public required string Address { get; init; }

    public required DateTime LastSeen { get; set; }

    public void Configure(EntityTypeBuilder<SenderSeen> builder)
    {
        builder.ToTable("senders_seen");
        builder.HasKey(s => new { s.UserId, s.Address });
        builder.HasIndex(s => s.LastSeen);
    }
}

/// <summary>Notes where signed-in users are, beside the request and at most once in ten minutes each.</summary>
public sealed class RecordSenderSeen(
    IDbContextFactory<AppDb> databases,
    LinkKeys keys,
    TimeProvider time,
    ILogger<RecordSenderSeen> log
)
{
    const int MostRemembered = 10_000;
    static readonly TimeSpan Between = TimeSpan.FromMinutes(10);
    static readonly TimeSpan KeptFor = TimeSpan.FromDays(62);
    readonly ConcurrentDictionary<(long, string), DateTime> _noted = new();

    public void Note(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.User.Identity is not { IsAuthenticated: true })
            return;
        var now = time.GetUtcNow().UtcDateTime;
        var from = RemoteAddress.Of(context.Connection.RemoteIpAddress, keys, now);
        if (from.Class != AddressClass.Public || !long.TryParse(UserId(context.User), out var user))
            return;
        if (_noted.TryGetValue((user, from.Pseudonym), out var last) && now - last < Between)
            return;
        if (_noted.Count >= MostRemembered)
            _noted.Clear();
        _noted[(user, from.Pseudonym)] = now;
        _ = KeepAsync(user, from.Pseudonym, now);
    }

    public async Task KeepAsync(long user, string pseudonym, DateTime now)
    {
        try
        {
            await using var db = await databases.CreateDbContextAsync();
            var known = await db
                .SendersSeen.Where(s => s.UserId == user && s.Address == pseudonym)
                .ExecuteUpdateAsync(set => set.SetProperty(s => s.LastSeen, now));
            if (known > 0)
                return;
            db.SendersSeen.Add(
                new SenderSeen
                {
                    UserId = user,
                    Address = pseudonym,
                    LastSeen = now,
                }
            );
            await db.SaveChangesAsync();
            var old = now - KeptFor;
            await db.SendersSeen.Where(s => s.LastSeen < old).ExecuteDeleteAsync();
        }
        catch (Exception error)
        {
            log.LogWarning(error, "Where user {User} is was not noted; their own looks may count as opens", user);
        }
    }

    static string? UserId(ClaimsPrincipal user) =>
        user.FindFirstValue(ClaimTypes.NameIdentifier) ?? user.FindFirstValue("sub");
}
