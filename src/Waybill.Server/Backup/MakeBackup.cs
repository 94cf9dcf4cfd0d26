using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using Waybill.Server.Kernel;
using Waybill.Server.Storage;

namespace Waybill.Server.Backup;

/// <summary>
/// One file with everything, beside a running server. The order is the promise: first the spool, then the database, then the rest of the
/// data folder. What was acknowledged before the backup began is in the spool's copy, or left the spool because it was committed, and then
/// the later copy of the database has it. Rows name blobs and keys that were there before them, so those come last.
/// </summary>
public static class MakeBackup
{
    public const string Spool = "spool";
    public const string Database = "waybill.db";
    public const string Dump = "database.dump";

    public static async Task<BackupManifest> ToFileAsync(
        WaybillOptions options,
        string file,
        TimeProvider time,
        BackupProgress progress,
        CancellationToken stop = default
    )
    {
        if (!Directory.Exists(options.DataFolder))
            throw new ConfigurationMistake($"There is no data folder {options.DataFolder}. Set WAYBILL_DATA to it.");
        if (File.Exists(file))
            throw new ConfigurationMistake($"{file} is there already. Name another file, or remove it.");
        if (
            Path.GetFullPath(file)
                .StartsWith(options.DataFolder + Path.DirectorySeparatorChar, StringComparison.Ordinal)
        )
            throw new ConfigurationMistake(
                $"{file} is in the data folder, which it is a copy of. Name a file elsewhere."
            );
        var folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        var part = file + ".part";
        var staging = Path.Combine(folder, Path.GetFileName(file) + ".staging");
        try
        {
            DataCopy.MakePrivate(folder, staging);
            progress.Say("Copying the spool ...");
            DataCopy.CopySpool(options.InData(Spool), Path.Combine(staging, Spool));
            progress.Say("Copying the database ...");
            var database = await DatabaseAsync(options, staging, progress, stop);
            progress.Say("Writing blobs, keys and the rest ...");
            DataCopy.CopyRest(options.DataFolder, staging);
            BackupManifest manifest;
            await using (var archive = DataCopy.CreatePrivate(part))
            {
                manifest = await WriteAsync(archive, options, staging, database, time, progress, stop);
                archive.Flush(flushToDisk: true);
            }
            File.Move(part, file);
            return manifest;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationMistake($"The backup {file} could not be written: {error.Message}");
        }
        finally
        {
            if (File.Exists(part))
                File.Delete(part);
            if (Directory.Exists(staging))
                Directory.Delete(staging, recursive: true);
        }
    }

    static async Task<string> DatabaseAsync(
        WaybillOptions options,
        string staging,
        BackupProgress progress,
        CancellationToken stop
    )
    {
        if (options.Database is { } text)
        {
            var dump = Path.Combine(staging, Dump);
            await progress.WhileAsync(PostgresDump.DumpAsync(PostgresConnection.Read(text), dump, stop), dump);
            return BackupManifest.Postgres;
        }
        var source = options.InData(Database);
        if (!File.Exists(source))
            throw new ConfigurationMistake(
                $"There is no database in {options.DataFolder}. Set WAYBILL_DATA, or WAYBILL_DATABASE."
            );
        var copy = Path.Combine(staging, Database);
        await progress.WhileAsync(Task.Run(() => SqliteCopies.CopyAsync(source, copy, stop), stop), copy + ".part");
        return BackupManifest.Sqlite;
    }

    static async Task<BackupManifest> WriteAsync(
        Stream archive,
        WaybillOptions options,
        string staging,
        string database,
        TimeProvider time,
        BackupProgress progress,
        CancellationToken stop
    )
    {
        var files = new List<BackupFile>();
        var bytes = 0L;
        await using var gzip = new GZipStream(archive, CompressionLevel.Fastest, leaveOpen: true);
        await using var tar = new TarWriter(gzip, TarEntryFormat.Pax, leaveOpen: true);
        foreach (var (name, path) in DataCopy.Files(staging).Concat(DataCopy.Blobs(options.DataFolder)))
        {
            // A blob whose mail was deleted meanwhile: no row of the copy made after that names it.
            if (DataCopy.TryOpen(path) is not { } content)
                continue;
            await using (content)
            {
                var sha = Convert.ToHexStringLower(await SHA256.HashDataAsync(content, stop));
                content.Position = 0;
                await WriteEntryAsync(tar, name, content, stop);
                files.Add(new BackupFile(name, content.Length, sha));
                progress.Files(files.Count, bytes += content.Length);
            }
        }
        var manifest = new BackupManifest(BackupManifest.Newest, time.GetUtcNow().UtcDateTime, database, files);
        await WriteEntryAsync(tar, BackupManifest.Name, new MemoryStream(manifest.ToBytes()), stop);
        return manifest;
    }

    static Task WriteEntryAsync(TarWriter tar, string name, Stream content, CancellationToken stop) =>
        tar.WriteEntryAsync(
            new PaxTarEntry(TarEntryType.RegularFile, name)
            {
                DataStream = content,
                Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            },
            stop
        );
}
