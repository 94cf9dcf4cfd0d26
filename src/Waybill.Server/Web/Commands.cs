using System.Globalization;
using Npgsql;
using Waybill.Server.Backup;
using Waybill.Server.Kernel;
using Waybill.Server.Keys;
using Waybill.Server.Operations.Doctor;

namespace Waybill.Server.Web;

/// <summary>What the program does besides serving: <c>Waybill.Server VERB ...</c>, as <c>./run VERB ...</c> calls it.</summary>
static class Commands
{
    /// <summary>Null when the first word is no verb: then it serves.</summary>
    public static Task<int>? Find(string[] args) =>
        args switch
        {
            ["doctor", .. var rest] => rest.FirstOrDefault(IsPlain) is { } odd
                ? throw new ConfigurationMistake($"doctor has no '{odd}'. It takes settings only, as --KEY=value.")
                : Examine.RunAsync(rest, Console.Out),
            ["backup", .. var rest] => BackupAsync(rest),
            ["restore", .. var rest] => RestoreAsync(rest),
            ["keys", .. var rest] => KeysCommand.RunAsync(
                Options(rest),
                rest.FirstOrDefault(IsPlain) ?? "",
                Console.Out,
                TimeProvider.System
            ),
            _ => null,
        };

    static async Task<int> BackupAsync(string[] args)
    {
        var options = Options(args);
        var file =
            args.FirstOrDefault(IsPlain)
            ?? $"waybill-{TimeProvider.System.GetUtcNow().ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)}.backup";
        var progress = new BackupProgress(Console.Error, TimeProvider.System);
        var manifest = await MakeBackup.ToFileAsync(options, file, TimeProvider.System, progress);
        await Console.Out.WriteLineAsync(
            $"{file}: {manifest.Files.Count} files, {BackupProgress.Megabytes(new FileInfo(file).Length)}. It holds keys and mail; keep it where only you can read it."
        );
        if (options.MasterKey is not null)
            await Console.Out.WriteLineAsync(
                "Its keys open with WAYBILL_MASTER_KEY only, which is not in it: keep that elsewhere."
            );
        return 0;
    }

    static async Task<int> RestoreAsync(string[] args)
    {
        var options = Options(args);
        var file =
            args.FirstOrDefault(IsPlain) ?? throw new ConfigurationMistake("Name the file: restore FILE [--force]");
        using var held = new DataFolder(options);
        var progress = new BackupProgress(Console.Error, TimeProvider.System);
        BackupManifest manifest;
        try
        {
            manifest = await RestoreBackup.FromFileAsync(
                options,
                file,
                args.Contains("--force"),
                TimeProvider.System,
                progress
            );
        }
        catch (NpgsqlException away)
        {
            throw new ConfigurationMistake(
                $"The database in WAYBILL_DATABASE does not answer: {away.Message}. Start it, or correct the setting."
            );
        }
        await Console.Out.WriteLineAsync(
            $"Restored {manifest.Files.Count} files as of {manifest.MadeAt:yyyy-MM-dd HH:mm:ss} UTC. Start Waybill to go on."
        );
        return 0;
    }

    static bool IsPlain(string argument) => !argument.StartsWith('-');

    /// <summary>The settings the server would start with: appsettings.json, environment, <c>--KEY=value</c>.</summary>
    static WaybillOptions Options(string[] args) =>
        ReadOptions.From(
            WebApplication
                .CreateSlimBuilder(
                    new WebApplicationOptions
                    {
                        Args = [.. args.Where(a => a.StartsWith("--", StringComparison.Ordinal) && a.Contains('='))],
                        ContentRootPath = AppContext.BaseDirectory,
                    }
                )
                .Configuration
        );
}
