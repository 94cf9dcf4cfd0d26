using Microsoft.Extensions.Hosting.Systemd;
using Microsoft.Extensions.Logging.Console;
using Waybill.Server.Kernel;

namespace Waybill.Server.Operations;

/// <summary>
/// Logs for the operator: what happened to which number, never to whom. Some of the framework's own lines carry addresses, paths with
/// tokens or form fields; those stay silent whatever level is asked for. LogsTests runs the main story and looks for what must not be there.
/// </summary>
static class Logs
{
    /// <summary>Categories with the lowest level at which they name nobody.</summary>
    static readonly (string Category, LogLevel Least)[] Discreet =
    [
        // "Request starting GET /t/o/<token>.gif", "The file /x was not found", "matched '/connect/approve?user_code='"
        ("Microsoft.AspNetCore", LogLevel.Warning),
        // ErrorLog writes the same with the reference the page shows.
        ("Microsoft.AspNetCore.Diagnostics.ExceptionHandlerMiddleware", LogLevel.None),
        // "The request was extracted: { user_code: … }"
        ("OpenIddict", LogLevel.Warning),
        // Statements; their parameters are hidden, the words of a search or a failing row are not always.
        ("Microsoft.EntityFrameworkCore", LogLevel.Warning),
        // "Start processing HTTP request GET https://…"
        ("System.Net.Http", LogLevel.Warning),
    ];

    public static void AddLogs(this ILoggingBuilder logs, WaybillOptions options)
    {
        logs.ClearProviders();
        logs.AddSimpleConsole(text =>
        {
            text.SingleLine = true;
            text.UseUtcTimestamp = true;
            text.TimestampFormat = "yyyy-MM-dd HH:mm:ss'Z' ";
        });
        logs.AddJsonConsole(json =>
        {
            json.UseUtcTimestamp = true;
            json.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";
        });
        var format = options.LogFormat ?? (SystemdHelpers.IsSystemdService() ? LogFormat.Json : LogFormat.Text);
        logs.Services.PostConfigure<ConsoleLoggerOptions>(console =>
            console.FormatterName = format == LogFormat.Json ? ConsoleFormatterNames.Json : ConsoleFormatterNames.Simple
        );
        logs.Services.PostConfigure<LoggerFilterOptions>(BeDiscreet);
    }

    /// <summary>Each rule, whoever wrote it, is tightened, so that no level set in the configuration opens what must stay shut.</summary>
    static void BeDiscreet(LoggerFilterOptions filter)
    {
        var rules = filter.Rules.ToArray();
        filter.Rules.Clear();
        foreach (var rule in rules)
            filter.Rules.Add(
                new LoggerFilterRule(
                    rule.ProviderName,
                    rule.CategoryName,
                    rule.LogLevel,
                    (provider, category, level) =>
                        MaySay(category, level) && rule.Filter?.Invoke(provider, category, level) != false
                )
            );
        filter.Rules.Insert(
            0,
            new LoggerFilterRule(null, null, filter.MinLevel, (_, category, level) => MaySay(category, level))
        );
    }

    public static bool MaySay(string? category, LogLevel level) =>
        !Discreet.Any(quiet =>
            level < quiet.Least && category?.StartsWith(quiet.Category, StringComparison.Ordinal) == true
        );
}
