using System.Data.Common;
using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;
using SQLitePCL;

namespace Waybill.Server.Storage;

/// <summary>
/// Holds SQLite to the one database file. Left alone it makes an empty database where the file is missing, and goes on writing into a file
/// that was deleted or moved: both would swallow what the spool hands over. Instead it is an outage, over when the file is back.
/// </summary>
sealed class SqliteFile(string file) : DbConnectionInterceptor
{
    const int CantOpen = 14;
    const int HasMoved = 20; // SQLITE_FCNTL_HAS_MOVED, https://www.sqlite.org/c3ref/c_fcntl_begin_atomic_write.html
    readonly string _made = file + ".made";

    /// <summary>From now on the file is known to exist, also after a restart.</summary>
    public void Made()
    {
        if (!File.Exists(_made))
            File.WriteAllText(
                _made,
                "Says that the database beside it was made. To start anew, remove the whole folder.\n"
            );
    }

    public override InterceptionResult ConnectionOpening(
        DbConnection connection,
        ConnectionEventData eventData,
        InterceptionResult result
    )
    {
        if (!File.Exists(file) && File.Exists(_made))
            throw new SqliteException($"The database {file} is gone. Put it back, from a copy if need be.", CantOpen);
        return result;
    }

    public override ValueTask<InterceptionResult> ConnectionOpeningAsync(
        DbConnection connection,
        ConnectionEventData eventData,
        InterceptionResult result,
        CancellationToken cancellationToken = default
    ) => new(ConnectionOpening(connection, eventData, result));

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
    {
        var sqlite = (SqliteConnection)connection;
        if (sqlite3_file_control(sqlite.Handle!, "main", HasMoved, out var moved) != 0 || moved == 0)
            return;
        SqliteConnection.ClearPool(sqlite);
        sqlite.Close();
        throw new SqliteException($"The database {file} was moved or replaced; it is opened anew.", CantOpen);
    }

    public override Task ConnectionOpenedAsync(
        DbConnection connection,
        ConnectionEndEventData eventData,
        CancellationToken cancellationToken = default
    )
    {
        ConnectionOpened(connection, eventData);
        return Task.CompletedTask;
    }

#pragma warning disable SYSLIB1054, CA2101, IDE1006 // One plain call; the bindings don't offer it.
    [DllImport("e_sqlite3")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories | DllImportSearchPath.AssemblyDirectory)]
    static extern int sqlite3_file_control(
        sqlite3 db,
        [MarshalAs(UnmanagedType.LPUTF8Str)] string name,
        int operation,
        out int answer
    );
#pragma warning restore SYSLIB1054, CA2101, IDE1006
}
