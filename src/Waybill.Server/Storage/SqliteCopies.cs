using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Waybill.Server.Kernel;

namespace Waybill.Server.Storage;

/// <summary>Whole copies of a SQLite database in use: what is committed when the copy begins, and nothing torn.</summary>
public static class SqliteCopies
{
    public const int Kept = 3;

    /// <summary>The middle of a copy's name: <c>waybill.db.before-20261231-235959</c>.</summary>
    public const string BeforeMigration = ".before-";

    /// <summary>Copies a database that is about to change, next to it. Without the copy there is no change.</summary>
    /// <exception cref="ConfigurationMistake">There is no room, or the folder can't be written.</exception>
    public static async Task BeforeMigrationAsync(DbContext db, TimeProvider time, CancellationToken stop = default)
    {
        var file = new SqliteConnectionStringBuilder(db.Database.GetConnectionString()).DataSource;
        if (!File.Exists(file) || !await HasTablesAsync(db, stop))
            return;
        var now = time.GetUtcNow().ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);
        var copy = $"{file}{BeforeMigration}{now}";
        try
        {
            await CopyAsync(file, copy, stop);
        }
        catch (Exception error) when (error is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationMistake(
                $"The database needs an upgrade, and the copy before it failed ({error.Message}). Nothing was changed. "
                    + $"Make {new FileInfo(file).Length / 1024 / 1024 + 1} MB of room in {Path.GetDirectoryName(file)}, then start again."
            );
        }
        var copies = Directory.GetFiles(Path.GetDirectoryName(file)!, Path.GetFileName(file) + BeforeMigration + "*");
        foreach (var old in copies.Order(StringComparer.Ordinal).SkipLast(Kept))
            File.Delete(old);
    }

    /// <summary>To a file that is not there yet, readable by this user only; half a copy is removed.</summary>
    public static async Task CopyAsync(string file, string copy, CancellationToken stop = default)
    {
        var part = copy + ".part";
        File.Delete(part);
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            // VACUUM INTO takes an empty file and keeps its mode.
            await using (File.Open(part, options)) { }
            await using (
                var source = new SqliteConnection($"Data Source={file};Default Timeout=30;Mode=ReadWrite;Pooling=False")
            )
            {
                await source.OpenAsync(stop);
                await using var command = source.CreateCommand();
                command.CommandText = "VACUUM INTO $copy";
                command.CommandTimeout = 0;
                command.Parameters.AddWithValue("$copy", part);
                await command.ExecuteNonQueryAsync(stop);
            }
            await using (var written = new FileStream(part, FileMode.Open, FileAccess.ReadWrite))
                written.Flush(flushToDisk: true);
            File.Move(part, copy);
        }
        finally
        {
            File.Delete(part);
        }
    }

    static async Task<bool> HasTablesAsync(DbContext db, CancellationToken stop) =>
        await db.Database.SqlQueryRaw<int>("SELECT count(*) AS \"Value\" FROM sqlite_master").SingleAsync(stop) > 0;
}
