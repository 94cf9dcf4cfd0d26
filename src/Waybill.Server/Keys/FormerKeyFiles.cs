using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Waybill.Server.Kernel;

namespace Waybill.Server.Keys;

/// <summary>The plain files in <c>keys/</c> that older versions kept: taken into the table once, then moved aside.</summary>
sealed partial class FormerKeyFiles
{
    const string LinksName = "links.json";
    const string SigningName = "oauth-signing.pem";
    const string EncryptionName = "oauth-encryption.key";
    readonly string _folder;
    readonly List<string> _files = [];
    readonly List<OpenKey> _keys = [];
    readonly List<string> _xml = [];

    FormerKeyFiles(string folder) => _folder = folder;

    public IReadOnlyList<OpenKey> Keys => _keys;

    /// <summary>Elements of data protection.</summary>
    public IReadOnlyList<string> Xml => _xml;

    /// <exception cref="ConfigurationMistake">A file is damaged; new keys would orphan every mail ever sent.</exception>
    public static FormerKeyFiles Read(WaybillOptions options)
    {
        var found = new FormerKeyFiles(options.InData("keys"));
        found.ReadOne(
            LinksName,
            (bytes, at) =>
            {
                var links = JsonSerializer.Deserialize(bytes, FormerJson.Default.Links) ?? throw new JsonException();
                if (links.Keys.Count == 0 || links.Addresses.Length < 32 || links.Keys.Any(k => k.Secret.Length < 32))
                    throw new JsonException();
                if (links.Keys.DistinctBy(k => k.Id).Count() != links.Keys.Count)
                    throw new JsonException();
                found._keys.AddRange(links.Keys.Select(k => new OpenKey(Purposes.Links, k.Id, at, null, k.Secret)));
                found._keys.Add(new(Purposes.Addresses, 1, at, null, links.Addresses));
            }
        );
        found.ReadOne(
            SigningName,
            (bytes, at) =>
            {
                using var key = ECDsa.Create();
                key.ImportFromPem(System.Text.Encoding.ASCII.GetString(bytes));
                found._keys.Add(new(Purposes.OAuthSigning, 1, at, null, key.ExportPkcs8PrivateKey()));
            }
        );
        found.ReadOne(
            EncryptionName,
            (bytes, at) =>
                found._keys.Add(
                    new(
                        Purposes.OAuthEncryption,
                        1,
                        at,
                        null,
                        Convert.FromBase64String(System.Text.Encoding.ASCII.GetString(bytes).Trim())
                    )
                )
        );
        foreach (var file in Directory.GetFiles(found._folder, "*.xml").Order(StringComparer.Ordinal))
            found.ReadOne(
                Path.GetFileName(file),
                (bytes, _) => found._xml.Add(System.Xml.Linq.XElement.Load(new MemoryStream(bytes)).ToString())
            );
        return found;
    }

    /// <summary>When the table has them. To go back to the older version, put them back.</summary>
    public void MoveAside(IReadOnlyCollection<OpenKey> table, ILogger log)
    {
        if (_files.Count == 0)
            return;
        if (_keys.Find(f => !table.Any(k => k.IsSecretOf(f))) is { } other)
        {
            StayWhereTheyAre(log, _folder, other.Purpose, other.Number);
            return;
        }
        var aside = Path.Combine(_folder, "taken-over");
        OwnFile.MakeFolder(aside);
        foreach (var file in _files.Where(File.Exists))
            File.Move(file, Path.Combine(aside, Path.GetFileName(file)), overwrite: true);
        Moved(log, aside);
        _files.Clear();
    }

    void ReadOne(string name, Action<byte[], DateTime> read)
    {
        var file = Path.Combine(_folder, name);
        if (!File.Exists(file))
            return;
        try
        {
            read(File.ReadAllBytes(file), File.GetLastWriteTimeUtc(file));
            _files.Add(file);
        }
        catch (Exception error)
            when (error
                    is JsonException
                        or FormatException
                        or ArgumentException
                        or CryptographicException
                        or System.Xml.XmlException
            )
        {
            throw new ConfigurationMistake(
                $"{file} is damaged. Put back a copy of it: links in mails already sent, sign-ins and connected apps need its keys."
            );
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationMistake($"{file} can't be read: {error.Message}");
        }
    }

    [LoggerMessage(
        LogLevel.Warning,
        "The keys of the older version are in the database now; their plain files are in {Folder}. Delete that folder when you don't mean to go back"
    )]
    static partial void Moved(ILogger log, string folder);

    [LoggerMessage(
        LogLevel.Error,
        "The key files in {Folder} were not taken over: the database has another key {Purpose}-{Number}. Links made with the files' keys don't work"
    )]
    static partial void StayWhereTheyAre(ILogger log, string folder, string purpose, int number);

    internal sealed record LinkKey(byte Id, byte[] Secret);

    internal sealed record Links(IReadOnlyList<LinkKey> Keys, byte[] Addresses);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true
)]
[JsonSerializable(typeof(FormerKeyFiles.Links))]
sealed partial class FormerJson : JsonSerializerContext;
