using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Waybill.Smtp;

public static class SmtpSetup
{
    /// <summary>
    /// Registers the receiver. There is no default store: without the two delegates it does not start, so no mail can be
    /// acknowledged and dropped.
    /// </summary>
    public static IServiceCollection AddSmtpReceiver(
        this IServiceCollection services,
        Func<IServiceProvider, SmtpReceiverOptions> options,
        Func<IServiceProvider, MayReceive> mayReceive,
        Func<IServiceProvider, StoreMail> storeMail
    )
    {
        services.TryAddSingleton(TimeProvider.System);
        return services
            .AddMetrics()
            .AddSingleton<SmtpMeter>()
            .AddSingleton(options)
            .AddSingleton(mayReceive)
            .AddSingleton(storeMail)
            .AddSingleton<SmtpConnectionHandler>();
    }

    /// <summary>This listener speaks SMTP: <c>kestrel.Listen(address, port, listen => listen.UseSmtp())</c>.</summary>
    public static ListenOptions UseSmtp(this ListenOptions listen)
    {
        listen.UseConnectionHandler<SmtpConnectionHandler>();
        return listen;
    }

    /// <summary>This listener speaks LMTP, which belongs on loopback or a Unix socket and never on port 25 (RFC 2033 5).</summary>
    public static ListenOptions UseLmtp(this ListenOptions listen)
    {
        ArgumentNullException.ThrowIfNull(listen);
        var handler = listen.ApplicationServices.GetRequiredService<SmtpConnectionHandler>();
        listen.Run(connection => handler.ServeAsync(connection, SmtpMode.Lmtp));
        return listen;
    }
}
