using Microsoft.EntityFrameworkCore;
using Waybill.Server.Kernel;
using Waybill.Server.Storage;

namespace Waybill.Server.Keys;

/// <summary>When a key is used, followed and forgotten.</summary>
public static class Rotation
{
    /// <summary>A new key verifies as soon as it is seen and signs from then on, so that every node knows it before it meets its work.</summary>
    public static readonly TimeSpan Spread = TimeSpan.FromMinutes(2);

    public static readonly TimeSpan Often = TimeSpan.FromDays(90);

    /// <summary>Refresh tokens live for 30 days.</summary>
    public static readonly TimeSpan TokensEnd = TimeSpan.FromDays(31);

    /// <summary>Those that a newer one replaces, and that are rotated by the clock.</summary>
    public static readonly string[] OAuth = [Purposes.OAuthSigning, Purposes.OAuthEncryption];

    /// <summary>What <c>keys rotate</c> makes anew.</summary>
    public static readonly string[] ByCommand = [Purposes.Links, .. OAuth];

    const int MostLinkKeys = 255;

    /// <summary>The newest that has had time to spread, else the oldest; of one purpose, at least one.</summary>
    public static OpenKey Signs(IEnumerable<OpenKey> keys, DateTime now)
    {
        var inOrder = keys.OrderBy(k => k.Number).ToList();
        return inOrder.FindLast(k => k.CreatedAt <= now - Spread) ?? inOrder[0];
    }

    public static bool IsDue(IEnumerable<Key> ofOnePurpose, DateTime now) =>
        ofOnePurpose.All(k => k.CreatedAt <= now - Often);

    public static bool IsOver(Key key, DateTime now) => OAuth.Contains(key.Purpose) && key.RetiredAt <= now - TokensEnd;

    /// <summary>New keys, all or none. What they replace goes on verifying.</summary>
    /// <exception cref="ConfigurationMistake">The keys that are there are not ours to open, or there is no room for a further one.</exception>
    public static async Task<IReadOnlyList<Key>> MakeAsync(
        AppDb db,
        MasterKey master,
        IReadOnlyCollection<string> purposes,
        DateTime now,
        CancellationToken stop
    )
    {
        var rows = await db.Keys.ToListAsync(stop);
        // Under another master key than the rest, a new one would be lost to everybody else.
        foreach (var row in rows)
            master.Open(row);
        var made = new List<Key>();
        foreach (var purpose in purposes)
        {
            var former = rows.FindAll(r => r.Purpose == purpose);
            var next = OpenKey.Make(purpose, former.Select(r => r.Number).DefaultIfEmpty().Max() + 1, now);
            if (purpose == Purposes.Links && next.Number > MostLinkKeys)
                throw new ConfigurationMistake(
                    "There are 255 link keys, and no room for another. Nothing was changed."
                );
            if (OAuth.Contains(purpose))
                foreach (var row in former)
                    row.RetiredAt ??= now;
            made.Add(KeyTable.Row(next, master));
        }
        db.Keys.AddRange(made);
        await db.SaveChangesAsync(stop);
        return made;
    }

    /// <summary>What the clock asks for: OAuth keys followed every 90 days, retired ones deleted when their last token has ended.</summary>
    public static async Task NowAsync(AppDb db, MasterKey master, DateTime now, CancellationToken stop)
    {
        var rows = await db.Keys.AsNoTracking().ToListAsync(stop);
        var due = OAuth.Where(p => IsDue(rows.Where(r => r.Purpose == p), now)).ToList();
        if (due.Count > 0)
            await MakeAsync(db, master, due, now, stop);
        foreach (var over in rows.Where(r => IsOver(r, now)))
            await db.Keys.Where(k => k.Purpose == over.Purpose && k.Number == over.Number).ExecuteDeleteAsync(stop);
    }
}
