using System.Text.Json;
using System.Text.Json.Serialization;

namespace Waybill.Server.Keys;

/// <summary>
/// What hits are checked with, wrapped as in the table, in a file of the data folder. It follows the table: a file that can't be read is
/// none, and written anew from there.
/// </summary>
sealed class KeyCache(string file)
{
    IReadOnlyList<OpenKey>? _written;

    public IReadOnlyList<Key> Read()
    {
        try
        {
            return File.Exists(file)
                ? JsonSerializer.Deserialize(File.ReadAllBytes(file), KeyCacheJson.Default.IReadOnlyListKey) ?? []
                : [];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    public void Write(IEnumerable<OpenKey> keys, Func<OpenKey, Key> wrap)
    {
        var list = keys.ToList();
        if (
            File.Exists(file)
            && _written is { } w
            && w.Count == list.Count
            && w.Zip(list).All(p => p.First.IsSame(p.Second))
        )
            return;
        OwnFile.Write(
            file,
            JsonSerializer.SerializeToUtf8Bytes([.. list.Select(wrap)], KeyCacheJson.Default.IReadOnlyListKey)
        );
        _written = list;
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true
)]
[JsonSerializable(typeof(IReadOnlyList<Key>))]
sealed partial class KeyCacheJson : JsonSerializerContext;
