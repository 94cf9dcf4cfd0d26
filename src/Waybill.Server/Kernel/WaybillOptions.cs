using System.Net;

namespace Waybill.Server.Kernel;

/// <summary>What the operator decides, read once at start. Each key is described in docs/configuration.md.</summary>
public sealed record WaybillOptions
{
    /// <summary>The folder that holds the database, the spool, blobs and keys. <c>WAYBILL_DATA</c>.</summary>
    public required string DataFolder { get; init; }

    /// <summary>A PostgreSQL connection string; null: SQLite in the data folder. <c>WAYBILL_DATABASE</c>.</summary>
    public string? Database { get; init; }

    /// <summary>Wraps all other keys, 32 bytes; null: a file in the data folder does. <c>WAYBILL_MASTER_KEY</c>.</summary>
    public ReadOnlyMemory<byte>? MasterKey { get; init; }

    /// <summary>What the keys were wrapped with before. <c>WAYBILL_MASTER_KEY_OLD</c>.</summary>
    public ReadOnlyMemory<byte>? MasterKeyOld { get; init; }

    /// <summary>0 asks the system for a free port. <c>WAYBILL_HTTP_PORT</c>.</summary>
    public int HttpPort { get; init; } = 5080;

    /// <summary><c>WAYBILL_HTTPS_PORT</c>; office.js refuses plain http.</summary>
    public int HttpsPort { get; init; } = 5443;

    /// <summary><c>WAYBILL_SMTP_PORT</c>.</summary>
    public int SmtpPort { get; init; } = 2525;

    /// <summary>Demo account, demo inbox and Outlook simulator. <c>WAYBILL_DEMO</c>.</summary>
    public bool Demo { get; init; }

    /// <summary>The public address, the OAuth issuer and the only place of sign-in, without a trailing slash. <c>WAYBILL_URL</c>.</summary>
    public required string Url { get; init; }

    /// <summary>Where pixels and wrapped links point, without a trailing slash. <c>Waybill:Tracking:Url</c>.</summary>
    public required string TrackingUrl { get; init; }

    /// <summary>Logging addresses end in <c>@bcc.&lt;this&gt;</c> and <c>@forward.&lt;this&gt;</c>. <c>Waybill:Mail:Host</c>.</summary>
    public required string MailHost { get; init; }

    /// <summary>The biggest mail the receiver takes, in bytes. <c>Waybill:Smtp:MaxMessageBytes</c>.</summary>
    public long MaxMessageBytes { get; init; } = 150L * 1024 * 1024;

    /// <summary>Where the HTTP port is open; loopback unless set. <c>Waybill:Listen</c>.</summary>
    public IReadOnlyList<IPAddress> Listen { get; init; } = [];

    /// <summary>The reverse proxies that may say who is asking and how. <c>Waybill:Proxies</c>.</summary>
    public IReadOnlyList<IPNetwork> Proxies { get; init; } = [];

    /// <summary>Who may read <c>/metrics</c>. <c>Waybill:Metrics:From</c>.</summary>
    public IReadOnlyList<IPNetwork> MetricsFrom { get; init; } = [];

    /// <summary>Null: text on a terminal, JSON under systemd. <c>Waybill:Logs:Format</c>.</summary>
    public LogFormat? LogFormat { get; init; }

    /// <summary>The first part of the logging addresses and the id integrators know the account by.</summary>
    public long AccountId { get; init; } = 1000001;

    /// <summary>Where our own notices leave; null: nowhere, and pages say so. <c>Waybill:Relay:*</c>.</summary>
    public RelayOptions? Relay { get; init; }

    public string BccAddress => $"{AccountId}@bcc.{MailHost}";

    public string ForwardAddress => $"{AccountId}@forward.{MailHost}";

    /// <summary>Is it one of ours, so that it never counts as a recipient?</summary>
    public bool IsLoggingAddress(EmailAddress address) => address.Text == BccAddress || address.Text == ForwardAddress;

    public string InData(params ReadOnlySpan<string> parts) => Path.Combine([DataFolder, .. parts]);
}

public enum LogFormat
{
    Text,
    Json,
}
