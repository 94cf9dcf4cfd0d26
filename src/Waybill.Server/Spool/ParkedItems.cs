using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Waybill.Server.Kernel;

namespace Waybill.Server.Spool;

/// <summary>What is known of an item that was set aside. Times are UTC; the error is the last failure's type and message.</summary>
public sealed record ParkedItem(
    long Id,
    long OriginId,
    DateTime AppendedAt,
    int Attempts,
    DateTime FirstTry,
    DateTime LastTry,
    string Error,
    long BodyLength,
    Guid? BodyName
);

/// <summary>Items the handler kept failing on: one JSON file each, and a large body stays the file it was.</summary>
public sealed class ParkedItems
{
    sealed record Stored(ParkedItem Item, byte[] Head, byte[] Body);

    readonly ConcurrentDictionary<long, ParkedItem> items = [];
    readonly SpoolLane lane;
    readonly string folder;

    internal ParkedItems(SpoolLane lane, string folder)
    {
        (this.lane, this.folder) = (lane, folder);
        Directory.CreateDirectory(folder);
        foreach (var unfinished in Directory.GetFiles(folder, "*.new"))
            File.Delete(unfinished);
        foreach (var path in Directory.GetFiles(folder, "*.json"))
            if (Load(path) is { } stored)
                items[stored.Item.Id] = stored.Item;
    }

    public IReadOnlyList<ParkedItem> List() => [.. items.Values.OrderBy(i => i.Id)];

    /// <summary>The item with its bytes; null when it is not parked.</summary>
    public SpoolItem? Read(long id) => items.ContainsKey(id) ? Item(id) : null;

    /// <summary>
    /// Hands the item to the handler again, under a new id and its own <see cref="SpoolItem.OriginId"/>.
    /// The new id; null when it is not parked.
    /// </summary>
    /// <exception cref="SpoolUnavailableException">It stays parked.</exception>
    public async Task<long?> ReplayAsync(long id)
    {
        // Taking it off the list is the claim, and gives its body to the appended item, which may be handled at once.
        if (!items.TryRemove(id, out var meta))
            return null;
        try
        {
            if (Item(id) is not { } item)
                throw new SpoolUnavailableException($"{PathOf(id)} cannot be read.");
            var again = await lane.ReplayAsync(item);
            Delete(id);
            return again;
        }
        catch (SpoolUnavailableException)
        {
            items[id] = meta;
            throw;
        }
    }

    /// <summary>Deletes the item for good. False when it is not parked.</summary>
    public bool Discard(long id)
    {
        if (!items.TryRemove(id, out var item))
            return false;
        Delete(id);
        if (item.BodyName is { } body)
            File.Delete(lane.BodyPath(body));
        return true;
    }

    internal bool Contains(long id) => items.ContainsKey(id);

    internal bool Has(Guid body) => items.Values.Any(i => i.BodyName == body);

    internal long LastId => items.Keys.DefaultIfEmpty().Max();

    /// <summary>The item is on disk here before the lane may forget it.</summary>
    internal void Park(SpoolItem item, Exception error, DateTime now)
    {
        var meta = new ParkedItem(
            item.Id,
            item.OriginId,
            item.AppendedAt,
            item.Attempts,
            item.FirstTry,
            now,
            $"{error.GetType().Name}: {error.Message}",
            item.BodyLength,
            item.BodyName
        );
        var unfinished = PathOf(item.Id) + ".new";
        using (var file = new FileStream(unfinished, FileMode.Create, FileAccess.Write))
        {
            JsonSerializer.Serialize(file, new Stored(meta, item.Head.ToArray(), item.InlineBody.ToArray()));
            file.Flush(flushToDisk: true);
        }
        File.Move(unfinished, PathOf(item.Id), overwrite: true);
        Disk.FlushFolder(folder);
        items[item.Id] = meta;
    }

    /// <summary>A crash between the append and the delete of a replay leaves the item in both places; the log has it.</summary>
    internal void FinishReplay(SpoolItem pending)
    {
        foreach (var item in items.Values)
            if (item.OriginId == pending.OriginId && item.Id != pending.Id && items.TryRemove(item.Id, out _))
                Delete(item.Id);
    }

    SpoolItem? Item(long id) =>
        Load(PathOf(id)) is { } stored
            ? new()
            {
                Id = stored.Item.Id,
                OriginId = stored.Item.OriginId,
                AppendedAt = stored.Item.AppendedAt,
                Attempts = stored.Item.Attempts,
                Head = stored.Head,
                BodyLength = stored.Item.BodyLength,
                InlineBody = stored.Body,
                BodyName = stored.Item.BodyName,
                BodyPath = stored.Item.BodyName is { } body ? lane.BodyPath(body) : null,
            }
            : null;

    void Delete(long id)
    {
        File.Delete(PathOf(id));
        Disk.FlushFolder(folder);
    }

    string PathOf(long id) => Path.Combine(folder, id.ToString("D19", CultureInfo.InvariantCulture) + ".json");

    static Stored? Load(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            return JsonSerializer.Deserialize<Stored>(file);
        }
        catch (Exception e) when (e is JsonException or FileNotFoundException)
        {
            return null;
        }
    }
}
