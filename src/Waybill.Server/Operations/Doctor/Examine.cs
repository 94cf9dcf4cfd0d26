using Waybill.Server.Kernel;

namespace Waybill.Server.Operations.Doctor;

/// <summary>
/// <c>./run doctor</c>: is this installation set up as its settings say? It asks only this machine, the resolver it is set to, and the
/// hosts its settings name. Exit code 0, or 1 when there is a problem.
/// </summary>
public static class Examine
{
    /// <summary>A machine at its limit is slow, which is no fault of the database.</summary>
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    static readonly (string Subject, Func<WaybillOptions, CancellationToken, Task<Finding[]>> Look)[] Checks =
    [
        ("data folder", (options, _) => Task.FromResult(DataFolderCheck.Look(options))),
        ("disk", (options, _) => Task.FromResult(DiskCheck.Look(options))),
        ("database", DatabaseCheck.LookAsync),
        ("ports", PortsCheck.LookAsync),
        ("clock", (_, stop) => ClockCheck.LookAsync(stop)),
        ("names", NamesCheck.LookAsync),
        ("certificate", CertificateCheck.LookAsync),
        ("public address", PublicAddressCheck.LookAsync),
        ("tracking address", TrackingAddressCheck.LookAsync),
        ("relay", RelayCheck.LookAsync),
    ];

    public static async Task<int> RunAsync(string[] args, TextWriter to, CancellationToken stop = default)
    {
        // As the server reads them.
        var configuration = new ConfigurationBuilder()
            .AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json"), optional: true)
            .AddEnvironmentVariables()
            .AddCommandLine(args)
            .Build();
        WaybillOptions options;
        try
        {
            options = ReadOptions.From(configuration);
        }
        catch (ConfigurationMistake mistake)
        {
            await WriteAsync(to, [Finding.Problem("settings", mistake.Message)]);
            return 1;
        }
        await WriteAsync(to, [Finding.Ok("settings", $"{options.Url}{(options.Demo ? ", demo account" : "")}")]);
        // All at once; the report keeps its order.
        var looks = Checks
            .Select(check => LookAsync(check.Subject, within => check.Look(options, within), Limit, stop))
            .ToArray();
        var problems = 0;
        foreach (var look in looks)
        {
            var findings = await look;
            await WriteAsync(to, findings);
            problems += findings.Count(f => f.Kind == FindingKind.Problem);
        }
        return problems > 0 ? 1 : 0;
    }

    /// <summary>A look that takes too long or fails is a finding too.</summary>
    internal static async Task<Finding[]> LookAsync(
        string subject,
        Func<CancellationToken, Task<Finding[]>> look,
        TimeSpan limit,
        CancellationToken stop
    )
    {
        using var within = CancellationTokenSource.CreateLinkedTokenSource(stop);
        within.CancelAfter(limit);
        try
        {
            return await Task.Run(() => look(within.Token), within.Token).WaitAsync(within.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return [Finding.Problem(subject, $"Gave no answer within {limit.TotalSeconds:0} s.")];
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            return [Finding.Problem(subject, $"Could not be checked: {error.Message}")];
        }
    }

    static async Task WriteAsync(TextWriter to, IEnumerable<Finding> findings)
    {
        foreach (var (kind, subject, text) in findings)
            await to.WriteLineAsync($"{kind.ToString().ToLowerInvariant(), -8} {subject, -17} {text}");
    }
}
