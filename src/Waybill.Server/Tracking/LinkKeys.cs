using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Waybill.Server.Kernel;

namespace Waybill.Server.Tracking;

/// <summary>
/// The keys behind pixel and click URLs, in a file of their own so that hits are checked while the database is away. The newest signs,
/// all verify: a key stays for as long as mails carry it. A damaged file stops the start; new keys would orphan every mail ever sent.
/// </summary>
public sealed class LinkKeys
{
    const int KeyBytes = 32;
    readonly byte[]?[] _byId = new byte[]?[256];

    LinkKeys(Stored stored)
    {
        foreach (var key in stored.Keys)
        {
            if (key.Secret.Length < KeyBytes || _byId[key.Id] is not null)
                throw new JsonException();
            _byId[key.Id] = key.Secret;
        }
        if (stored.Keys.Count == 0 || stored.Addresses.Length < KeyBytes)
            throw new JsonException();
        NewestId = stored.Keys[^1].Id;
        Addresses = stored.Addresses;
    }

    public byte NewestId { get; }

    /// <summary>Keys the pseudonyms of remote addresses; signs nothing.</summary>
    internal byte[] Addresses { get; }

    internal byte[]? Find(byte id) => _byId[id];

    /// <summary>Reads <c>links.json</c> in the folder; makes it, readable by its owner only, when there is none.</summary>
    /// <exception cref="ConfigurationMistake">The file is damaged, or the folder can't be written.</exception>
    public static LinkKeys Open(string folder)
    {
        var path = Path.Combine(folder, "links.json");
        try
        {
            if (!File.Exists(path))
                Make(folder, path);
            using var file = File.OpenRead(path);
            return new LinkKeys(
                JsonSerializer.Deserialize(file, LinkKeysJson.Default.Stored) ?? throw new JsonException()
            );
        }
        catch (Exception error) when (error is JsonException or FormatException)
        {
            throw new ConfigurationMistake(
                $"{path} is damaged. Put back a copy of it: links and pixels in mails already sent need its keys."
            );
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationMistake($"{path} can't be read or made: {error.Message}");
        }
    }

    static void Make(string folder, string path)
    {
        Directory.CreateDirectory(folder);
        var stored = new Stored(
            [new StoredKey(1, RandomNumberGenerator.GetBytes(KeyBytes))],
            RandomNumberGenerator.GetBytes(KeyBytes)
        );
        var unfinished = Path.Combine(folder, Path.GetRandomFileName());
        var create = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            create.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        try
        {
            using (var file = new FileStream(unfinished, create))
            {
                JsonSerializer.Serialize(file, stored, LinkKeysJson.Default.Stored);
                file.Flush(flushToDisk: true);
            }
            File.Move(unfinished, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            // Another process was first; its keys are the keys.
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    internal sealed record StoredKey(byte Id, byte[] Secret);

    internal sealed record Stored(IReadOnlyList<StoredKey> Keys, byte[] Addresses);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true
)]
[JsonSerializable(typeof(LinkKeys.Stored))]
sealed partial class LinkKeysJson : JsonSerializerContext;
