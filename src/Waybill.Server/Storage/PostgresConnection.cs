using Npgsql;
using Waybill.Server.Kernel;

namespace Waybill.Server.Storage;

/// <summary>What <c>WAYBILL_DATABASE</c> may be, and what the server behind it must be; each mistake is one line without the password.</summary>
public static class PostgresConnection
{
    public static readonly Version Oldest = new(14, 0);

    const string Form = "Host=localhost;Database=waybill;Username=waybill;Password=...";

    /// <summary>The connection string with our defaults filled in.</summary>
    public static string Read(string text)
    {
        NpgsqlConnectionStringBuilder connection;
        try
        {
            connection = new NpgsqlConnectionStringBuilder(text);
        }
        catch (Exception error) when (error is ArgumentException or FormatException or InvalidOperationException)
        {
            throw new ConfigurationMistake(
                $"WAYBILL_DATABASE is not a PostgreSQL connection string. Write it as {Form}"
            );
        }
        if (string.IsNullOrWhiteSpace(connection.Host) || string.IsNullOrWhiteSpace(connection.Database))
            throw new ConfigurationMistake($"WAYBILL_DATABASE lacks Host or Database. Write it as {Form}");
        connection.ApplicationName ??= "Waybill";
        if (!text.Contains("pool size", StringComparison.OrdinalIgnoreCase))
            connection.MaxPoolSize = 50;
        return connection.ConnectionString;
    }

    /// <summary>Host, port and database; never the password.</summary>
    public static string Name(string connection)
    {
        var parts = new NpgsqlConnectionStringBuilder(connection);
        return $"{parts.Database} on {parts.Host}:{parts.Port}";
    }

    /// <summary>For one connection that ends when it is closed, and is not counted as a server's afterwards.</summary>
    public static string Unpooled(string connection) =>
        new NpgsqlConnectionStringBuilder(connection) { Pooling = false }.ConnectionString;

    /// <summary>
    /// Holds the right to migrate until disposed. EF locks its history table, which is not there yet when several nodes meet an empty
    /// database. A node that dies lets go with its connection.
    /// </summary>
    public static async Task<IAsyncDisposable> AloneAsync(string connection, CancellationToken stop = default)
    {
        var alone = new NpgsqlConnection(Unpooled(connection));
        try
        {
            await alone.OpenAsync(stop);
            await using var take = new NpgsqlCommand("SELECT pg_advisory_lock(hashtext('waybill migrations'))", alone);
            take.CommandTimeout = 0;
            await take.ExecuteNonQueryAsync(stop);
            return alone;
        }
        catch
        {
            await alone.DisposeAsync();
            throw;
        }
    }

    /// <summary>Is it there, ours to use, new enough and in UTF-8?</summary>
    public static async Task CheckAsync(string connection, CancellationToken stop = default)
    {
        await using var database = new NpgsqlConnection(Unpooled(connection));
        try
        {
            await database.OpenAsync(stop);
            if (database.PostgreSqlVersion < Oldest)
                throw new ConfigurationMistake(
                    $"{Name(connection)} is PostgreSQL {database.PostgreSqlVersion}. Waybill needs {Oldest.Major} or newer."
                );
            await using var encoding = new NpgsqlCommand("SHOW server_encoding", database);
            if (await encoding.ExecuteScalarAsync(stop) is string other and not "UTF8")
                throw new ConfigurationMistake(
                    $"{Name(connection)} keeps text as {other}. Make a database with ENCODING 'UTF8' and name it in WAYBILL_DATABASE."
                );
        }
        catch (PostgresException error) when (error.SqlState.StartsWith("28", StringComparison.Ordinal))
        {
            throw new ConfigurationMistake(
                $"{Name(connection)} does not let this user in: {error.MessageText}. Check Username and Password in WAYBILL_DATABASE."
            );
        }
        catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.InvalidCatalogName)
        {
            throw new ConfigurationMistake(
                $"There is no database {Name(connection)}. Make it (createdb), or correct WAYBILL_DATABASE."
            );
        }
    }
}
