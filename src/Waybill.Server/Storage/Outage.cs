using Microsoft.Data.Sqlite;

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
            // One item's own file is gone, which no waiting brings back.
            FileNotFoundException => false,
            IOException => true,
            TimeoutException => true,
            { InnerException: { } inner } => IsOutage(inner),
            _ => false,
        };
}
