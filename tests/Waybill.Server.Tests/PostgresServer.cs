using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Waybill.Server.Storage;

[assembly: AssemblyFixture(typeof(Waybill.Server.Tests.PostgresServer))]

namespace Waybill.Server.Tests;

/// <summary>
/// One PostgreSQL for all tests, started by the first that wants it, in a folder of its own, on a free loopback port. A shell watches
/// over it: when this process ends, however it ends, the pipe to the shell closes, the server is stopped and the folder removed.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    const string Template = "waybill_template";

    /// <summary>The whole suite on PostgreSQL: <c>WAYBILL_TEST_DATABASE=postgres</c>.</summary>
    public static bool IsDefault { get; } = Environment.GetEnvironmentVariable("WAYBILL_TEST_DATABASE") == "postgres";

    // Text order of people, not of bytes: what leans on the database's own order fails here.
    const string Script = """
        set -e
        initdb -D "$DIR/data" -U waybill -A trust --no-sync -E UTF8 --locale=C.UTF-8 --locale-provider=icu --icu-locale=en-US >"$DIR/initdb.log" 2>&1 || { cat "$DIR/initdb.log"; exit 1; }
        postgres -D "$DIR/data" -c listen_addresses=127.0.0.1 -c port=$PORT -c unix_socket_directories="$DIR" -c max_connections=300 \
          -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c autovacuum=off -c max_wal_size=200MB >"$DIR/log" 2>&1 &
        server=$!
        trap 'kill -QUIT $server 2>/dev/null || true; wait $server 2>/dev/null || true; rm -rf "$DIR"' EXIT
        echo started
        cat >/dev/null
        """;

    static readonly SemaphoreSlim Gate = new(1, 1);
    static PostgresServer? s_running;
    static int s_databases;

    readonly Process? _shell;
    readonly int _port;

    /// <summary>For the runner, which disposes it when all tests are done.</summary>
    public PostgresServer() { }

    PostgresServer(Process shell, int port) => (_shell, _port) = (shell, port);

    /// <summary>An empty database, or one with our schema.</summary>
    public static async Task<string> NewDatabaseAsync(bool migrated = true)
    {
        await Gate.WaitAsync();
        try
        {
            s_running ??= await StartAsync();
            var name = $"test_{++s_databases}";
            await s_running.ExecuteAsync($"CREATE DATABASE {name}" + (migrated ? $" TEMPLATE {Template}" : ""));
            return s_running.Connection(name);
        }
        finally
        {
            Gate.Release();
        }
    }

    public static async Task DropAsync(string connection)
    {
        var name = new NpgsqlConnectionStringBuilder(connection).Database;
        await s_running!.ExecuteAsync($"DROP DATABASE IF EXISTS {name} WITH (FORCE)");
        await using var pool = new NpgsqlConnection(connection);
        NpgsqlConnection.ClearPool(pool);
    }

    /// <summary>Every connection breaks and none is let in, as when the server is down.</summary>
    public static async Task PutAwayAsync(string connection)
    {
        var name = new NpgsqlConnectionStringBuilder(connection).Database;
        await s_running!.ExecuteAsync($"ALTER DATABASE {name} ALLOW_CONNECTIONS false");
        await s_running.ExecuteAsync(
            $"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
        );
    }

    public static Task BringBackAsync(string connection) =>
        s_running!.ExecuteAsync(
            $"ALTER DATABASE {new NpgsqlConnectionStringBuilder(connection).Database} ALLOW_CONNECTIONS true"
        );

    public async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(Connection("postgres"));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    string Connection(string database) => $"Host=127.0.0.1;Port={_port};Username=waybill;Database={database}";

    static async Task<PostgresServer> StartAsync()
    {
        var folder = Directory.CreateTempSubdirectory("waybill-postgres-").FullName;
        var port = WaybillHost.FreePort();
        var start = new ProcessStartInfo("sh") { RedirectStandardInput = true, RedirectStandardOutput = true };
        // PostgreSQL refuses to run as root; Debian's package brings the user.
        if (Environment.UserName == "root")
        {
            await Process.Start("chown", ["postgres", folder])!.WaitForExitAsync();
            start.FileName = "setpriv";
            foreach (var part in new[] { "--reuid=postgres", "--regid=postgres", "--clear-groups", "sh" })
                start.ArgumentList.Add(part);
        }
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(Script);
        start.WorkingDirectory = folder;
        start.Environment["DIR"] = folder;
        start.Environment["PORT"] = port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        start.Environment["PATH"] = $"{Binaries()}:{Environment.GetEnvironmentVariable("PATH")}";
        var shell = Process.Start(start)!;
        if (await shell.StandardOutput.ReadLineAsync() is not "started" and var said)
            throw new InvalidOperationException(
                $"PostgreSQL did not start: {said} {await shell.StandardOutput.ReadToEndAsync()}"
            );
        var server = new PostgresServer(shell, port);
        await server.AnswersAsync(folder);
        await server.ExecuteAsync($"CREATE DATABASE {Template}");
        var options = new DbContextOptionsBuilder<PostgresDb>();
        PostgresDb.Configure(options, server.Connection(Template));
        await using (var db = new PostgresDb(options.Options))
            await db.Database.MigrateAsync();
        // A template is copied only while nobody is connected to it.
        NpgsqlConnection.ClearAllPools();
        return server;
    }

    static string Binaries() =>
        Directory
            .GetDirectories("/usr/lib/postgresql")
            .OrderByDescending(d =>
                double.Parse(Path.GetFileName(d), System.Globalization.CultureInfo.InvariantCulture)
            )
            .Select(d => Path.Combine(d, "bin"))
            .First(d => File.Exists(Path.Combine(d, "postgres")));

    async Task AnswersAsync(string folder)
    {
        for (var deadline = Stopwatch.StartNew(); ; await Task.Delay(50))
            try
            {
                await ExecuteAsync("SELECT 1");
                return;
            }
            catch (NpgsqlException) when (deadline.Elapsed < TimeSpan.FromSeconds(30) && !_shell!.HasExited) { }
            catch (NpgsqlException error)
            {
                throw new InvalidOperationException(await File.ReadAllTextAsync(Path.Combine(folder, "log")), error);
            }
    }

    public async ValueTask DisposeAsync()
    {
        if (s_running?._shell is not { } shell)
            return;
        s_running = null;
        NpgsqlConnection.ClearAllPools();
        shell.StandardInput.Close();
        await shell.WaitForExitAsync();
        shell.Dispose();
    }
}
