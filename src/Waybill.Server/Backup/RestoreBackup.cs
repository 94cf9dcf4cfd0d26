using System.Formats.Tar;
using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using Waybill.Server.Kernel;
using Waybill.Server.Storage;

namespace Waybill.Server.Backup;

/// <summary>
/// Everything back from one file: unpacked beside what is there, checked against the manifest, and only then put in place. What was there
/// is moved aside, never deleted. The caller holds the data folder, so no server runs on it.
/// </summary>
public static class RestoreBackup
{
    public const string Incoming = "restoring";
    public const string Before = "before-restore-";

    /// <summary>How far a restored lane's ids jump: past every id its database may have seen after the spool was copied.</summary>
    const long IdsAhead = 1_000_000_000;

    public static async Task<BackupManifest> FromFileAsync(
        WaybillOptions options,
        string file,
        bool force,
        TimeProvider time,
        BackupProgress progress,
        CancellationToken stop = default
    )
    {
        if (!File.Exists(file))
            throw new ConfigurationMistake($"There is no file {file}.");
        var connection = options.Database is { } text ? PostgresConnection.Read(text) : null;
        if (connection is not null)
            await PostgresConnection.CheckAsync(connection, stop);
        if (connection is not null && await PostgresDump.InUseAsync(connection, stop))
            throw new ConfigurationMistake(
                $"A Waybill is running on {PostgresConnection.Name(connection)}. Stop it, then restore again."
            );
        if (!force && (Present(options.DataFolder).Any() || await HasTablesAsync(connection, stop)))
            throw new ConfigurationMistake(
                "There is data already. Restore into an empty data folder and database, or add --force: the data folder's content is then moved aside, a PostgreSQL database's tables are replaced."
            );

        var incoming = options.InData(Incoming);
        if (Directory.Exists(incoming))
            Directory.Delete(incoming, recursive: true);
        try
        {
            DataCopy.MakePrivate(options.DataFolder, incoming);
            progress.Say("Unpacking and checking ...");
            var manifest = await UnpackAsync(file, incoming, connection is not null, progress, stop);
            SkipIds(Path.Combine(incoming, MakeBackup.Spool));
            if (connection is not null)
            {
                progress.Say("Restoring the database ...");
                var dump = Path.Combine(incoming, MakeBackup.Dump);
                await PostgresDump.RestoreAsync(connection, dump, stop);
                File.Delete(dump);
            }
            MoveAside(options.DataFolder, time, progress);
            foreach (var path in Directory.GetFileSystemEntries(incoming))
                Directory.Move(path, options.InData(Path.GetFileName(path)));
            return manifest;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationMistake($"The restore failed: {error.Message}");
        }
        finally
        {
            if (Directory.Exists(incoming))
                Directory.Delete(incoming, recursive: true);
        }
    }

    static async Task<bool> HasTablesAsync(string? connection, CancellationToken stop) =>
        connection is not null && await PostgresDump.HasTablesAsync(connection, stop);

    /// <summary>What is in the folder but the sign that it is held, and what an earlier restore left.</summary>
    static IEnumerable<string> Present(string data) =>
        Directory
            .GetFileSystemEntries(data)
            .Where(p =>
                Path.GetFileName(p) is not ("in-use" or Incoming)
                && !Path.GetFileName(p).StartsWith(Before, StringComparison.Ordinal)
            );

    static async Task<BackupManifest> UnpackAsync(
        string file,
        string incoming,
        bool postgres,
        BackupProgress progress,
        CancellationToken stop
    )
    {
        var found = new Dictionary<string, BackupFile>();
        var bytes = 0L;
        BackupManifest? manifest = null;
        try
        {
            await using var gzip = new GZipStream(File.OpenRead(file), CompressionMode.Decompress);
            await using var tar = new TarReader(gzip);
            while (await tar.GetNextEntryAsync(cancellationToken: stop) is { } entry)
            {
                if (entry.Name == BackupManifest.Name)
                {
                    using var text = new MemoryStream();
                    await entry.DataStream!.CopyToAsync(text, stop);
                    manifest = BackupManifest.Read(text.ToArray());
                    break;
                }
                var read = await UnpackAsync(entry, incoming, stop);
                found[read.Path] = read;
                progress.Files(found.Count, bytes += read.Bytes);
            }
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException or FormatException)
        {
            throw Damaged(file, error.Message);
        }
        if (manifest is null)
            throw Damaged(file, "it ends before its table of contents");
        if (manifest.Format > BackupManifest.Newest)
            throw new ConfigurationMistake($"{file} was made by a newer Waybill. Restore it with that one.");
        foreach (var expected in manifest.Files)
            if (!found.Remove(expected.Path, out var actual) || actual != expected)
                throw Damaged(file, $"{expected.Path} is not what was backed up");
        if (found.Count > 0)
            throw Damaged(file, $"{found.Keys.First()} does not belong to it");
        if (manifest.Database == BackupManifest.Postgres != postgres)
            throw new ConfigurationMistake(
                $"{file} holds a {manifest.Database} database. "
                    + (
                        postgres
                            ? "Unset WAYBILL_DATABASE to restore it."
                            : "Set WAYBILL_DATABASE to an empty one to restore it."
                    )
            );
        return manifest;
    }

    static async Task<BackupFile> UnpackAsync(TarEntry entry, string incoming, CancellationToken stop)
    {
        var path = Path.GetFullPath(Path.Combine(incoming, entry.Name));
        if (
            entry.EntryType != TarEntryType.RegularFile
            || !path.StartsWith(incoming + Path.DirectorySeparatorChar, StringComparison.Ordinal)
        )
            throw new InvalidDataException($"{entry.Name} has no place in a backup");
        DataCopy.MakePrivate(incoming, Path.GetDirectoryName(path)!);
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var file = DataCopy.CreatePrivate(path);
        var buffer = new byte[81920];
        int read;
        while (entry.DataStream is { } data && (read = await data.ReadAsync(buffer, stop)) > 0)
        {
            sha.AppendData(buffer, 0, read);
            await file.WriteAsync(buffer.AsMemory(0, read), stop);
        }
        file.Flush(flushToDisk: true);
        return new BackupFile(entry.Name, file.Length, Convert.ToHexStringLower(sha.GetHashAndReset()));
    }

    static ConfigurationMistake Damaged(string file, string how) =>
        new($"{file} is damaged: {how}. Nothing was changed; restore another backup.");

    /// <summary>
    /// The database may know items by ids the lane's copy has not given yet. An empty segment far ahead, whose name alone counts, keeps the
    /// lane from giving them again.
    /// </summary>
    static void SkipIds(string spool)
    {
        if (!Directory.Exists(spool))
            return;
        foreach (var lane in Directory.GetDirectories(spool))
        {
            var last = Directory
                .GetFiles(lane, "log-*")
                .Select(f => Path.GetFileName(f).Split('-'))
                .Where(n => n.Length == 3)
                .Select(n => long.Parse(n[1], CultureInfo.InvariantCulture))
                .DefaultIfEmpty()
                .Max();
            using (DataCopy.CreatePrivate(Path.Combine(lane, $"log-{last + IdsAhead:D19}-00000000"))) { }
        }
    }

    static void MoveAside(string data, TimeProvider time, BackupProgress progress)
    {
        var present = Present(data).ToList();
        if (present.Count == 0)
            return;
        var aside = $"{Before}{time.GetUtcNow():yyyyMMdd-HHmmss}";
        DataCopy.MakePrivate(data, Path.Combine(data, aside));
        foreach (var path in present)
            Directory.Move(path, Path.Combine(data, aside, Path.GetFileName(path)));
        progress.Say($"What was in {data} is now in {aside}; remove it when you no longer need it.");
    }
}
