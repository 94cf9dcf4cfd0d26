using System.Net;
using System.Net.Sockets;
using Waybill.Server.Kernel;
using Waybill.Smtp;

namespace Waybill.Server.Logging;

/// <summary>What the operator decides about the mail receiver, read once at start: the keys <c>Waybill:Smtp:*</c> of docs/configuration.md.</summary>
public sealed record ReceiverSettings
{
    public const string LmtpPortKey = "Waybill:Smtp:LmtpPort";

    // sockaddr_un holds 108 bytes with the closing NUL.
    const int LongestSocket = 107;

    /// <summary>Beside loopback, which always listens.</summary>
    public IReadOnlyList<IPAddress> Listen { get; init; } = [];

    public SmtpCertificate? Certificate { get; init; }
    public bool RequireTls { get; init; }
    public int? LmtpPort { get; init; }
    public string? LmtpSocket { get; init; }
    public int MaxSessions { get; init; } = 100;
    public int MaxSessionsPerAddress { get; init; } = 50;
    public int MaxRecipients { get; init; } = 100;

    public bool FacesOutside => Listen.Any(a => !IPAddress.IsLoopback(a));

    /// <exception cref="ConfigurationMistake">Names the key and the fix.</exception>
    public static ReceiverSettings From(IConfiguration configuration, WaybillOptions options)
    {
        const string listenKey = "Waybill:Smtp:Listen";
        const string requireKey = "Waybill:Smtp:RequireTls";
        var port = ReadOptions.Port(configuration, LmtpPortKey, 0);
        if (port != 0 && (port == options.SmtpPort || port == options.HttpPort || port == options.HttpsPort))
            throw new ConfigurationMistake(
                $"{LmtpPortKey} is {port}, which is in use already. Set it to another port."
            );
        var settings = new ReceiverSettings
        {
            Listen = [.. Addresses(listenKey, ReadOptions.Text(configuration, listenKey, ""))],
            Certificate = CertificateOf(configuration),
            RequireTls = ReadOptions.Flag(configuration, requireKey, false),
            LmtpPort = port == 0 ? null : port,
            LmtpSocket = SocketOf(configuration),
            MaxSessions = Count("Waybill:Smtp:MaxSessions", 100),
            MaxSessionsPerAddress = Count("Waybill:Smtp:MaxSessionsPerAddress", 50),
            MaxRecipients = Count("Waybill:Smtp:MaxRecipients", 100),
        };
        if (settings.RequireTls && settings.Certificate is null && !settings.FacesOutside)
            throw new ConfigurationMistake(
                $"{requireKey} has no effect on loopback alone. Set {listenKey} to an address of this machine, or {requireKey} to 0."
            );
        return settings;

        int Count(string key, int fallback)
        {
            var count = ReadOptions.Number(configuration, key, fallback, 1);
            return count <= 100_000
                ? (int)count
                : throw new ConfigurationMistake($"{key} is {count}. Set it to 100000 or less.");
        }
    }

    /// <summary>Every address to listen on, none twice; :: takes IPv4 along.</summary>
    public IEnumerable<IPAddress> Addresses(IEnumerable<IPAddress> loopbacks) =>
        Listen.Contains(IPAddress.IPv6Any)
            ? [IPAddress.IPv6Any]
            : Listen
                .Concat(loopbacks)
                .Where(a =>
                    a.Equals(IPAddress.Any)
                    || a.AddressFamily != AddressFamily.InterNetwork
                    || !Listen.Contains(IPAddress.Any)
                )
                .Distinct();

    public SmtpReceiverOptions Options(WaybillOptions options, ILogger log)
    {
        if (FacesOutside)
            log.LogWarning(
                "The mail receiver listens beyond this machine on {Addresses}. It does not check yet that senders are who they say: let only your own mail servers reach port {Port}",
                string.Join(", ", Listen),
                options.SmtpPort
            );
        return new()
        {
            HostName = options.MailHost,
            MaxMessageBytes = options.MaxMessageBytes,
            MaxSessions = MaxSessions,
            MaxSessionsPerAddress = MaxSessionsPerAddress,
            MaxRecipients = MaxRecipients,
            // Nobody can check a certificate of our own making, so it is for strangers who would else send in the clear.
            Certificate =
                Certificate
                ?? (FacesOutside ? SmtpCertificate.SelfSigned(options.MailHost, TimeProvider.System) : null),
            TlsDemand = RequireTls ? TlsDemand.Outsiders : TlsDemand.Nobody,
        };
    }

    static IEnumerable<IPAddress> Addresses(string key, string text)
    {
        var separators = new[] { ',', ' ' };
        foreach (var part in text.Split(separators, StringSplitOptions.RemoveEmptyEntries))
            yield return IPAddress.TryParse(part, out var address)
                ? address
                : throw new ConfigurationMistake(
                    $"{key} names '{part}', which is no IP address. Set it to addresses such as 0.0.0.0 or 192.0.2.5, with commas between them."
                );
    }

    static SmtpCertificate? CertificateOf(IConfiguration configuration)
    {
        const string key = "Waybill:Smtp:Certificate";
        var file = ReadOptions.Text(configuration, key, "");
        var keyFile = ReadOptions.Text(configuration, key + "Key", "");
        var password = ReadOptions.Text(configuration, key + "Password", "");
        if (file == "")
            return keyFile == ""
                ? null
                : throw new ConfigurationMistake(
                    $"{key}Key is set without {key}. Set {key} to the certificate's file."
                );
        try
        {
            return SmtpCertificate.FromFiles(
                new(
                    Path.GetFullPath(file),
                    keyFile == "" ? null : Path.GetFullPath(keyFile),
                    password == "" ? null : password
                )
            );
        }
        catch (SmtpCertificateException e)
        {
            throw new ConfigurationMistake(
                $"{key} can't be used: {e.Message} Set it to a PEM file with {key}Key beside it, or to a PFX file."
            );
        }
    }

    static string? SocketOf(IConfiguration configuration)
    {
        const string key = "Waybill:Smtp:LmtpSocket";
        var path = ReadOptions.Text(configuration, key, "");
        if (path == "")
            return null;
        if (!Path.IsPathRooted(path) || path.Length > LongestSocket || !Directory.Exists(Path.GetDirectoryName(path)))
            throw new ConfigurationMistake(
                $"{key} is '{path}'. Set it to an absolute path of at most {LongestSocket} characters in a folder that exists."
            );
        return path;
    }
}
