using System.ComponentModel;
using System.Diagnostics;
using Npgsql;
using Waybill.Server.Kernel;
using Waybill.Server.Storage;

namespace Waybill.Server.Backup;

/// <summary>PostgreSQL's own tools: one snapshot out, one transaction in.</summary>
static class PostgresDump
{
    public static Task DumpAsync(string connection, string file, CancellationToken stop) =>
        RunAsync("pg_dump", connection, ["--format=custom", "--no-owner", "--no-privileges", $"--file={file}"], stop);

    public static Task RestoreAsync(string connection, string file, CancellationToken stop) =>
        RunAsync(
            "pg_restore",
            connection,
            [
                "--single-transaction",
                "--exit-on-error",
                "--clean",
                "--if-exists",
                "--no-owner",
                "--no-privileges",
                file,
            ],
            stop
        );

    public static async Task<bool> HasTablesAsync(string connection, CancellationToken stop) =>
        await CountAsync(connection, "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()", stop) > 0;

    /// <summary>Connections of other Waybills to this database.</summary>
    public static async Task<bool> InUseAsync(string connection, CancellationToken stop) =>
        await CountAsync(
            connection,
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'Waybill' AND pid <> pg_backend_pid()",
            stop
        ) > 0;

    static async Task<long> CountAsync(string connection, string sql, CancellationToken stop)
    {
        await using var database = new NpgsqlConnection(PostgresConnection.Unpooled(connection));
        await database.OpenAsync(stop);
        await using var command = new NpgsqlCommand(sql, database);
        return (long)(await command.ExecuteScalarAsync(stop))!;
    }

    static async Task RunAsync(string tool, string connection, string[] arguments, CancellationToken stop)
    {
        var to = new NpgsqlConnectionStringBuilder(connection);
        var start = new ProcessStartInfo(tool, [.. arguments, $"--dbname={to.Database}"])
        {
            RedirectStandardError = true,
        };
        // In the environment, not among the arguments: those every user of the machine can read.
        Set("PGHOST", to.Host);
        Set("PGPORT", to.Port.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Set("PGUSER", to.Username);
        Set("PGPASSWORD", to.Password);
        Set("PGPASSFILE", to.Passfile);
        Set("PGSSLROOTCERT", to.RootCertificate);
        Set(
            "PGSSLMODE",
            to.SslMode switch
            {
                SslMode.VerifyCA => "verify-ca",
                SslMode.VerifyFull => "verify-full",
                var mode => mode.ToString().ToLowerInvariant(),
            }
        );
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            throw new ConfigurationMistake(
                $"{tool} is missing. Install PostgreSQL's client tools (Debian: apt install postgresql-client)."
            );
        }
        using (process)
        {
            try
            {
                var said = await process.StandardError.ReadToEndAsync(stop);
                await process.WaitForExitAsync(stop);
                if (process.ExitCode != 0)
                    throw new ConfigurationMistake(
                        $"{tool} failed on {PostgresConnection.Name(connection)}: {said.Trim().ReplaceLineEndings(" ")}"
                    );
            }
            catch (OperationCanceledException)
            {
                process.Kill();
                throw;
            }
        }

        void Set(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
                start.Environment[name] = value;
        }
    }
}
