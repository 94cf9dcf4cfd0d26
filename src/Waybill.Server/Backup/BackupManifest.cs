using System.Text.Json;
using System.Text.Json.Serialization;

namespace Waybill.Server.Backup;

/// <summary>The last entry of a backup: a file without it was not finished.</summary>
public sealed record BackupManifest(int Format, DateTime MadeAt, string Database, IReadOnlyList<BackupFile> Files)
{
    public const int Newest = 1;
    public const string Name = "manifest.json";
    public const string Sqlite = "SQLite";
    public const string Postgres = "PostgreSQL";

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, BackupJson.Default.BackupManifest);

    public static BackupManifest? Read(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return JsonSerializer.Deserialize(bytes, BackupJson.Default.BackupManifest);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>Path with <c>/</c>, under the data folder or <c>database.dump</c>; SHA-256 in lower-case hex.</summary>
public sealed record BackupFile(string Path, long Bytes, string Sha256);

[JsonSerializable(typeof(BackupManifest))]
[JsonSourceGenerationOptions(WriteIndented = true)]
sealed partial class BackupJson : JsonSerializerContext;
