namespace Waybill.Server.Kernel;

public enum RelaySecurity
{
    None,
    StartTls,
    Tls,
}

/// <summary>The mail server our own notices leave through. A class and no record, so that nothing prints the password.</summary>
public sealed class RelayOptions
{
    /// <summary><c>Waybill:Relay:Host</c>.</summary>
    public required string Host { get; init; }

    /// <summary><c>Waybill:Relay:Port</c>.</summary>
    public required int Port { get; init; }

    /// <summary><c>Waybill:Relay:Security</c>.</summary>
    public required RelaySecurity Security { get; init; }

    /// <summary>Null: the relay asks for no sign-in. <c>Waybill:Relay:User</c>.</summary>
    public string? User { get; init; }

    /// <summary><c>Waybill:Relay:Password</c>.</summary>
    public string? Password { get; init; }

    /// <summary>Who our notices are from. <c>Waybill:Relay:From</c>.</summary>
    public required EmailAddress From { get; init; }
}
