using Microsoft.Data.Sqlite;
using Npgsql;

namespace Waybill.Server.Storage;

/// <summary>Tells a database that is away from data that is wrong: the first passes by itself, the second never does.</summary>
public static class Outage
{
    public static bool IsOutage(Exception error) =>
        error switch
        {
            // BUSY, LOCKED, READONLY, IOERR, FULL, CANTOPEN: https://www.sqlite.org/rescode.html
            SqliteException { SqliteErrorCode: 5 or 6 or 8 or 10 or 13 or 14 } => true,
            // The schema is not there yet: a database that was put away or is being made.
            SqliteException { SqliteErrorCode: 1 } missing => missing.Message.Contains(
                "no such table",
                StringComparison.Ordinal
            ),
            PostgresException { SqlState: var state } => IsPostgresOutage(state),
            // Not an answer of the server: no connection, a broken one, none free in the pool.
            NpgsqlException => true,
            // One item's own file is gone, which no waiting brings back.
            FileNotFoundException => false,
            IOException => true,
            TimeoutException => true,
            { InnerException: { } inner } => IsOutage(inner),
            _ => false,
        };

    /// <summary>https://www.postgresql.org/docs/current/errcodes-appendix.html</summary>
    static bool IsPostgresOutage(string state) =>
        state switch
        {
            // Being made, or put away for a while: the database, the schema.
            PostgresErrorCodes.InvalidCatalogName or PostgresErrorCodes.UndefinedTable => true,
            // ALLOW_CONNECTIONS false is ObjectNotInPrerequisiteState.
            PostgresErrorCodes.ObjectNotInPrerequisiteState => true,
            // A standby that is to become the primary.
            PostgresErrorCodes.ReadOnlySqlTransaction => true,
            PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected => true,
            PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.QueryCanceled => true,
            // Connection, authorization (a changed password), resources (disk, memory, connections), shutdown, system.
            _ => state[..2] is "08" or "28" or "53" or "58" || state.StartsWith("57P", StringComparison.Ordinal),
        };
}
