using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Waybill.Server.Storage;

namespace Waybill.Server.Identity;

/// <summary>Wrong tries in a row at one account. The key is a hash, so that the table names nobody, not even who has no account.</summary>
public sealed class SignInTry : IEntityTypeConfiguration<SignInTry>
{
    public required string Key { get; set; }
    public int Wrong { get; set; }
    public DateTime LastAt { get; set; }
    public DateTime? ClosedUntil { get; set; }

    public void Configure(EntityTypeBuilder<SignInTry> builder)
    {
        builder.ToTable("sign_in_tries");
        builder.HasKey(t => t.Key);
        builder.Property(t => t.Key).HasMaxLength(64);
        builder.HasIndex(t => t.LastAt);
    }
}

/// <summary>
/// Guessing is slowed down per account: after five wrong tries a pause, doubled by each further one up to 15 minutes. Who keeps guessing
/// must not lock the owner out, so a browser the owner signed in with before (<see cref="KnownBrowser"/>) is counted apart (OWASP, "device
/// cookies"), and a passkey knows no pause. An address without an account is counted the same, in the same time.
/// </summary>
public static class SignInTries
{
    public const int Free = 5;

    /// <summary>After this long without a try the count begins anew.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromDays(1);

    static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(15);

    public static TimeSpan PauseAfter(int wrong) =>
        wrong < Free ? TimeSpan.Zero
        : wrong - Free >= 4 ? LongestPause
        : TimeSpan.FromMinutes(1 << (wrong - Free));

    /// <param name="what">The lock: password or code.</param>
    /// <param name="whom">Whose lock it is.</param>
    /// <param name="browser">A known browser's number, or empty for all others together.</param>
    public static string Key(string what, string whom, string browser) =>
        Convert.ToHexStringLower(
            SHA256.HashData(Encoding.UTF8.GetBytes($"{what}\n{whom.ToUpperInvariant()}\n{browser}"))
        );

    /// <summary>
    /// Counts a try before it is judged, so that many at once are no way round; who succeeds has the count cleared. False while closed.
    /// </summary>
    public static async Task<bool> MayTryAsync(AppDb db, TimeProvider clock, string key, CancellationToken stop)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var forgotten = now - Memory;
        var set = db.SignInTries;
        // The update locks the row (PostgreSQL) or the database (SQLite) until the pause is written.
        await using var transaction = await db.Database.BeginTransactionAsync(stop);
        await db.Database.ExecuteSqlAsync(
            $"INSERT INTO sign_in_tries (key, wrong, last_at) VALUES ({key}, 0, {now}) ON CONFLICT DO NOTHING",
            stop
        );
        var open = await set.Where(t => t.Key == key && (t.ClosedUntil == null || t.ClosedUntil <= now))
            .ExecuteUpdateAsync(
                change =>
                    change
                        .SetProperty(t => t.Wrong, t => t.LastAt < forgotten ? 1 : t.Wrong + 1)
                        .SetProperty(t => t.LastAt, now),
                stop
            );
        if (open == 0)
            return false;
        var wrong = await set.Where(t => t.Key == key).Select(t => t.Wrong).FirstAsync(stop);
        DateTime? closed = PauseAfter(wrong) is { Ticks: > 0 } pause ? now + pause : null;
        await set.Where(t => t.Key == key)
            .ExecuteUpdateAsync(change => change.SetProperty(t => t.ClosedUntil, closed), stop);
        await transaction.CommitAsync(stop);
        return true;
    }

    public static Task ClearAsync(AppDb db, string key, CancellationToken stop) =>
        db.SignInTries.Where(t => t.Key == key).ExecuteDeleteAsync(stop);
}
