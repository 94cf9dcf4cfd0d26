using System.Text;
using Microsoft.EntityFrameworkCore;
using Waybill.Server.Storage;

namespace Waybill.Server.Keys;

/// <summary>The table <c>keys</c>, which all nodes share.</summary>
static class KeyTable
{
    const int Tries = 4;

    public static Key Row(OpenKey key, MasterKey master) =>
        new()
        {
            Purpose = key.Purpose,
            Number = key.Number,
            CreatedAt = key.CreatedAt,
            RetiredAt = key.RetiredAt,
            Wrapped = master.Close(key.Purpose, key.Number, key.Secret),
        };

    /// <summary>Before the database counts as ready: what was wrapped with an earlier master key is wrapped anew, what is missing is added, in one transaction.</summary>
    /// <exception cref="Kernel.ConfigurationMistake">The master key is not the one of this table; nothing was changed.</exception>
    public static async Task BringUpAsync(IServiceProvider services, CancellationToken stop)
    {
        var (ring, master) = (services.GetRequiredService<KeyRing>(), services.GetRequiredService<MasterKey>());
        var databases = services.GetRequiredService<IDbContextFactory<AppDb>>();
        for (var left = Tries; ; left--)
            try
            {
                var keys = await FillAsync(databases, ring, master, stop);
                ring.Take(keys);
                ring.Former.MoveAside(keys, services.GetRequiredService<ILogger<KeyRing>>());
                return;
            }
            catch (DbUpdateException) when (left > 1) { } // another node made one of the same name; read it
    }

    /// <summary>Sees what other nodes and <c>keys rotate</c> did.</summary>
    public static async Task RefreshAsync(IServiceProvider services, CancellationToken stop)
    {
        var (ring, master) = (services.GetRequiredService<KeyRing>(), services.GetRequiredService<MasterKey>());
        await using var db = await services.GetRequiredService<IDbContextFactory<AppDb>>().CreateDbContextAsync(stop);
        var rows = await db.Keys.AsNoTracking().Where(k => k.Purpose != Purposes.Cookies).ToListAsync(stop);
        // Never to be lost because a table was: the cache still has them, and the next start puts them back.
        if (ring.Lasting.Any(k => !rows.Exists(r => (r.Purpose, r.Number) == (k.Purpose, k.Number))))
            throw new InvalidOperationException("Keys are gone from the table; a restart puts them back.");
        ring.Take([.. rows.Select(master.Open)]);
    }

    static async Task<List<OpenKey>> FillAsync(
        IDbContextFactory<AppDb> databases,
        KeyRing ring,
        MasterKey master,
        CancellationToken stop
    )
    {
        await using var db = await databases.CreateDbContextAsync(stop);
        var rows = await db.Keys.ToListAsync(stop);
        var keys = new List<OpenKey>();
        foreach (var row in rows)
        {
            var key = master.Open(row, out var earlier);
            keys.Add(key);
            if (earlier)
                row.Wrapped = master.Close(key.Purpose, key.Number, key.Secret);
        }
        var missing = ring.Found.Where(f => !keys.Exists(k => (k.Purpose, k.Number) == (f.Purpose, f.Number))).ToList();
        missing.AddRange(ring.Made.Where(m => !keys.Exists(k => k.Purpose == m.Purpose)));
        var number = keys.Where(k => k.Purpose == Purposes.Cookies).Select(k => k.Number).DefaultIfEmpty().Max();
        foreach (var xml in ring.Former.Xml.Select(Encoding.UTF8.GetBytes))
            if (!keys.Exists(k => k.Purpose == Purposes.Cookies && k.Secret.AsSpan().SequenceEqual(xml)))
                missing.Add(new(Purposes.Cookies, ++number, DateTime.UnixEpoch, null, xml));
        master.Save();
        db.Keys.AddRange(missing.Select(k => Row(k, master)));
        await db.SaveChangesAsync(stop);
        keys.AddRange(missing);
        return keys;
    }
}
