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
}
