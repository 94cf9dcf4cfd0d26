using System.Collections.Concurrent;

namespace Waybill.Server.Timeline;

/// <summary>Something changed and whoever shows it should read again. Hints carry names, never data.</summary>
public abstract record Hint;

public sealed record RecordChanged(long RecordId) : Hint;

/// <summary>A mail of this user was sent, opened or clicked. <paramref name="HitId"/> is null for a mail that was sent.</summary>
public sealed record MailChanged(long UserId, long MailId, long? HitId) : Hint;

/// <summary>
/// The in-process stream of hints. Lower folders publish after the commit; the feed and open pages subscribe. A hearer that fails
/// is logged and the others still hear: the fact is already in the database. Each hears in the context in which it subscribed: what a
/// page shows then is in its viewer's language, whoever published.
/// </summary>
public sealed class Hints(ILogger<Hints> log)
{
    readonly ConcurrentDictionary<Guid, Func<Hint, Task>> _hearers = new();

    public IDisposable Subscribe(Func<Hint, Task> hearer)
    {
        var key = Guid.NewGuid();
        var context = ExecutionContext.Capture();
        _hearers[key] = context is null ? hearer : hint => HearIn(context, hearer, hint);
        return new Subscription(() => _hearers.TryRemove(key, out _));
    }

    public async Task PublishAsync(params IReadOnlyCollection<Hint> hints)
    {
        foreach (var hint in hints)
        foreach (var hearer in _hearers.Values)
            try
            {
                await hearer(hint);
            }
            catch (Exception error)
            {
                log.LogWarning(error, "A hearer failed on {Hint}", hint.GetType().Name);
            }
    }

    static Task HearIn(ExecutionContext context, Func<Hint, Task> hearer, Hint hint)
    {
        var heard = Task.CompletedTask;
        ExecutionContext.Run(context, _ => heard = hearer(hint), null);
        return heard;
    }

    sealed class Subscription(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
