using System.Net;

namespace Waybill.Server.Kernel;

static class ReadRelay
{
    const string Section = "Waybill:Relay:";
    const string HostKey = Section + "Host";
    const string FromKey = Section + "From";
    const string SecurityKey = Section + "Security";

    /// <summary>Null: notices have no way out. In the demo they go to our own receiver, which keeps them in the demo inbox.</summary>
    public static RelayOptions? From(IConfiguration configuration, bool demo, int smtpPort, string mailHost)
    {
        if (Value(configuration, "Host") is not { } host)
        {
            foreach (var name in new[] { "Port", "Security", "User", "Password", "From" })
                if (Value(configuration, name) is not null)
                    throw new ConfigurationMistake(
                        $"{Section}{name} is set and {HostKey} is not. Set {HostKey} to the name of the mail relay, or remove {Section}{name}."
                    );
            return demo
                ? new RelayOptions
                {
                    Host = "127.0.0.1",
                    Port = smtpPort,
                    Security = RelaySecurity.None,
                    From = EmailAddress.Parse($"notices@{mailHost}"),
                }
                : null;
        }
        if (Uri.CheckHostName(host) == UriHostNameType.Unknown)
            throw new ConfigurationMistake($"{HostKey} is '{host}'. Set it to a name such as smtp.example.com.");
        var security = Security(configuration);
        var (user, password) = (Value(configuration, "User"), Value(configuration, "Password"));
        if (user is null != password is null)
            throw new ConfigurationMistake($"Set both {Section}User and {Section}Password, or neither.");
        if (password is not null && security == RelaySecurity.None && !IsHere(host))
            throw new ConfigurationMistake(
                $"{SecurityKey} is 'none', so that {Section}Password would cross the network readable. Set {SecurityKey} to starttls or tls."
            );
        return new RelayOptions
        {
            Host = host,
            Port = ReadOptions.Port(configuration, Section + "Port", UsualPort(security)) is > 0 and var port
                ? port
                : throw new ConfigurationMistake($"{Section}Port is '0'. Set it to a port number, 1 to 65535."),
            Security = security,
            User = user,
            Password = password,
            From = Sender(configuration, mailHost),
        };
    }

    static RelaySecurity Security(IConfiguration configuration) =>
        Value(configuration, "Security")?.ToLowerInvariant() switch
        {
            null or "starttls" => RelaySecurity.StartTls,
            "tls" => RelaySecurity.Tls,
            "none" => RelaySecurity.None,
            var other => throw new ConfigurationMistake(
                $"{SecurityKey} is '{other}'. Set it to starttls, tls or none."
            ),
        };

    /// <summary>RFC 6409 and RFC 8314.</summary>
    static int UsualPort(RelaySecurity security) =>
        security switch
        {
            RelaySecurity.Tls => 465,
            RelaySecurity.StartTls => 587,
            _ => 25,
        };

    static EmailAddress Sender(IConfiguration configuration, string mailHost)
    {
        var text = Value(configuration, "From");
        if (text is null && !mailHost.Contains('.', StringComparison.Ordinal))
            throw new ConfigurationMistake(
                $"{FromKey} is missing. Set it to the address notices come from, such as waybill@example.com."
            );
        return EmailAddress.TryParse(text ?? $"notices@{mailHost}", out var from)
            ? from
            : throw new ConfigurationMistake(
                $"{FromKey} is '{text}'. Set it to an address such as waybill@example.com."
            );
    }

    static bool IsHere(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    static string? Value(IConfiguration configuration, string name) =>
        configuration[Section + name]?.Trim() is { Length: > 0 } value ? value : null;
}
