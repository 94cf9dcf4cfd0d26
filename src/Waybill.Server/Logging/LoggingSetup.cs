using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Waybill.Server.Kernel;
using Waybill.Server.Spool;
using Waybill.Server.Storage;
using Waybill.Smtp;

namespace Waybill.Server.Logging;

public static class LoggingSetup
{
    public static IServiceCollection AddLoggingOfMail(this IServiceCollection services, WaybillOptions options)
    {
        services.AddSingleton<MailTickets>();
        services.AddSingleton<LogEmail>();
        services.AddSingleton<ReceiveMail>();
        services.AddSingleton(provider =>
        {
            var logEmail = provider.GetRequiredService<LogEmail>();
            return new MailDestination(
                "log",
                address => address.Text == options.BccAddress,
                (mail, stop) => logEmail.FromBccAsync(mail, stop)
            );
        });
        return services;
    }
}
