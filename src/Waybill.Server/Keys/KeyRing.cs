using System.Collections.Frozen;
using Microsoft.Extensions.Primitives;
using Waybill.Server.Kernel;

namespace Waybill.Server.Keys;

/// <summary>
/// The keys in memory. At start they come from the cache on disk (what hits are checked with) or the files of an older version, so that the
/// database may be away; what is in neither is made, and thrown away again if the table turns out to have it.
/// </summary>
public sealed class KeyRing : IDisposable
{
    static readonly string[] Always = [Purposes.Links, Purposes.Addresses, .. Rotation.OAuth];

    readonly MasterKey _master;
    readonly TimeProvider _time;
    readonly KeyCache _cache;
    Held _held;
    CancellationTokenSource _changed = new();

    /// <exception cref="ConfigurationMistake">The cache was wrapped with another master key.</exception>
    public KeyRing(WaybillOptions options, MasterKey master, TimeProvider time)
    {
        (_master, _time) = (master, time);
        OwnFile.MakeFolder(options.InData("keys"));
        _cache = new KeyCache(options.InData("keys", "links.cache"));
        Former = FormerKeyFiles.Read(options);
        var known = _cache.Read().Select(row => master.Open(row, out _)).ToList();
        known.AddRange(Former.Keys.Where(f => !known.Exists(k => (k.Purpose, k.Number) == (f.Purpose, f.Number))));
        Found = [.. known];
        var now = time.GetUtcNow().UtcDateTime;
        Made = [.. Always.Except(known.Select(k => k.Purpose)).Select(purpose => OpenKey.Make(purpose, 1, now))];
        _held = Held.Of([.. Found, .. Made], now);
    }

    /// <summary>The one that signs or encrypts now.</summary>
    public OpenKey Newest(string purpose) => _held.Signing[purpose];

    public OpenKey? Find(string purpose, int number) => _held.ByName.GetValueOrDefault((purpose, number));

    /// <summary>All that are good, the signing one first.</summary>
    public IEnumerable<OpenKey> Of(string purpose) =>
        _held is var held
            ? held
                .All.Where(k => k.Purpose == purpose)
                .OrderByDescending(k => k == held.Signing[purpose])
                .ThenByDescending(k => k.Number)
            : [];

    /// <summary>Those that are never deleted, and that hits are checked with.</summary>
    internal IEnumerable<OpenKey> Lasting => _held.All.Where(k => k.Purpose is Purposes.Links or Purposes.Addresses);

    /// <summary>Fires once when a key came or went or another one signs; ask for a new one then.</summary>
    public IChangeToken Changed => new CancellationChangeToken(Volatile.Read(ref _changed).Token);

    /// <summary>The keys are those of the table.</summary>
    public bool IsStored { get; private set; }

    /// <summary>Known at start, from the cache or former files: to be put into the table if they are not there.</summary>
    internal IReadOnlyList<OpenKey> Found { get; }

    /// <summary>Made at start: for the table only if it has none of their purpose.</summary>
    internal IReadOnlyList<OpenKey> Made { get; }

    internal FormerKeyFiles Former { get; }

    /// <summary>Takes over what the table holds.</summary>
    internal void Take(IReadOnlyCollection<OpenKey> keys)
    {
        var next = Held.Of([.. keys.Where(k => k.Purpose != Purposes.Cookies)], _time.GetUtcNow().UtcDateTime);
        var same = next.IsSame(_held);
        (_held, IsStored) = (next, true);
        _cache.Write(Lasting, k => KeyTable.Row(k, _master));
        if (!same)
            Interlocked.Exchange(ref _changed, new CancellationTokenSource()).Cancel();
    }

    public void Dispose() => _changed.Dispose();

    sealed record Held(
        IReadOnlyList<OpenKey> All,
        FrozenDictionary<(string, int), OpenKey> ByName,
        FrozenDictionary<string, OpenKey> Signing
    )
    {
        public static Held Of(IReadOnlyList<OpenKey> keys, DateTime now) =>
            new(
                keys,
                keys.ToFrozenDictionary(k => (k.Purpose, k.Number)),
                keys.GroupBy(k => k.Purpose).ToFrozenDictionary(g => g.Key, g => Rotation.Signs(g, now))
            );

        public bool IsSame(Held other) =>
            All.Count == other.All.Count
            && All.All(k => other.ByName.TryGetValue((k.Purpose, k.Number), out var o) && k.IsSame(o))
            && Signing.All(s => other.Signing[s.Key].Number == s.Value.Number);
    }
}
