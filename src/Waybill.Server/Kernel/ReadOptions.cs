using System.Globalization;

namespace Waybill.Server.Kernel;

public static class ReadOptions
{
    /// <summary>Reads and checks every setting; what is wrong is thrown as <see cref="ConfigurationMistake"/> naming the key and the fix.</summary>
    public static WaybillOptions From(IConfiguration configuration)
    {
        var demo = Flag(configuration, "WAYBILL_DEMO", false);
        var httpPort = Port(configuration, "WAYBILL_HTTP_PORT", 5080);
        var url = Address(configuration, "WAYBILL_URL", $"http://localhost:{httpPort}");
        var smtpPort = Port(configuration, "WAYBILL_SMTP_PORT", 2525);
        var mailHost = Text(configuration, "Waybill:Mail:Host", demo ? "waybill.test" : "localhost");
        return new WaybillOptions
        {
            DataFolder = Path.GetFullPath(Text(configuration, "WAYBILL_DATA", "data")),
            Database = Text(configuration, "WAYBILL_DATABASE", "") is { Length: > 0 } database ? database : null,
            MasterKey = MasterKeyIn(configuration, "WAYBILL_MASTER_KEY"),
            MasterKeyOld = MasterKeyIn(configuration, "WAYBILL_MASTER_KEY_OLD"),
            HttpPort = httpPort,
            HttpsPort = Port(configuration, "WAYBILL_HTTPS_PORT", 5443),
            SmtpPort = smtpPort,
            Demo = demo,
            Url = url,
            TrackingUrl = Address(
                configuration,
                "Waybill:Tracking:Url",
                demo ? $"http://track.localhost:{httpPort}" : url
            ),
            MailHost = mailHost,
            MaxMessageBytes = Number(configuration, "Waybill:Smtp:MaxMessageBytes", 150L * 1024 * 1024, 64 * 1024),
            Listen = ReadAddresses.Addresses(configuration, "Waybill:Listen", "loopback"),
            Proxies = ReadAddresses.Networks(configuration, "Waybill:Proxies", "loopback"),
            MetricsFrom = ReadAddresses.Networks(configuration, "Waybill:Metrics:From", "loopback"),
            LogFormat = LogFormatOf(configuration, "Waybill:Logs:Format"),
            AccountId = Number(configuration, "Waybill:Account:Id", 1000001, 1),
            Relay = ReadRelay.From(configuration, demo, smtpPort, mailHost),
        };
    }

    /// <summary>Base64 of 32 bytes; null when it is anything else.</summary>
    internal static byte[]? MasterKeyOf(string text)
    {
        var bytes = new byte[32];
        return Convert.TryFromBase64String(text.Trim(), bytes, out var written) && written == bytes.Length
            ? bytes
            : null;
    }

    /// <summary>The message never repeats the value.</summary>
    static ReadOnlyMemory<byte>? MasterKeyIn(IConfiguration configuration, string key)
    {
        if (Text(configuration, key, "") is not { Length: > 0 } text)
            return null;
        return MasterKeyOf(text)
            ?? throw new ConfigurationMistake(
                $"{key} is not the base64 of 32 bytes. Set it to what this prints: openssl rand -base64 32"
            );
    }

    internal static string Text(IConfiguration configuration, string key, string fallback) =>
        string.IsNullOrWhiteSpace(configuration[key]) ? fallback : configuration[key]!.Trim();

    internal static bool Flag(IConfiguration configuration, string key, bool fallback) =>
        Text(configuration, key, fallback ? "1" : "0").ToLowerInvariant() switch
        {
            "1" or "true" or "yes" => true,
            "0" or "false" or "no" => false,
            var other => throw new ConfigurationMistake($"{key} is '{other}'. Set it to 1 or 0."),
        };

    internal static int Port(IConfiguration configuration, string key, int fallback)
    {
        var text = Text(configuration, key, fallback.ToString(CultureInfo.InvariantCulture));
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= 65535
            ? port
            : throw new ConfigurationMistake($"{key} is '{text}'. Set it to a port number, 1 to 65535.");
    }

    internal static long Number(IConfiguration configuration, string key, long fallback, long least)
    {
        var text = Text(configuration, key, fallback.ToString(CultureInfo.InvariantCulture));
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least
            ? number
            : throw new ConfigurationMistake($"{key} is '{text}'. Set it to a whole number, {least} or more.");
    }

    static LogFormat? LogFormatOf(IConfiguration configuration, string key) =>
        Text(configuration, key, "auto").ToLowerInvariant() switch
        {
            "auto" => null,
            "text" => LogFormat.Text,
            "json" => LogFormat.Json,
            var other => throw new ConfigurationMistake($"{key} is '{other}'. Set it to text, json or auto."),
        };

    static string Address(IConfiguration configuration, string key, string fallback)
    {
        var text = Text(configuration, key, fallback).TrimEnd('/');
        return Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? text
            : throw new ConfigurationMistake(
                $"{key} is '{text}'. Set it to an address such as https://waybill.example.com."
            );
    }
}

/// <summary>The operator set something that can't work; the message is one line that says which key and what to do.</summary>
public sealed class ConfigurationMistake(string message) : Exception(message);
