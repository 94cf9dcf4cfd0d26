using Waybill.Server.Kernel;
using Waybill.Server.Spool;
using Waybill.Server.Storage;
using Waybill.Server.Ui;
using Waybill.Smtp;

namespace Waybill.Server.Logging;

public static class LoggingSetup
{
    public static IServiceCollection AddLoggingOfMail(
        this IServiceCollection services,
        WaybillOptions options,
        ReceiverSettings receiver
    )
    {
        services.AddSingleton(
            new SettingsEntry(SettingsSection.Operations, "Not logged", "/settings/not-logged", SuperAdmin: true)
        );
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
        services.AddSpoolLane(
            ReceiveMail.Lane,
            lane =>
            {
                lane.Folder = options.InData("spool", ReceiveMail.Lane);
                lane.InlineBodyBytes = 256 << 10;
                lane.IsOutage = Outage.IsOutage;
            },
            provider =>
            {
                MailDestination[] destinations = [.. provider.GetServices<MailDestination>()];
                return (items, stop) => ReceiveMail.DrainAsync(destinations, items, stop);
            },
            (provider, stop) => provider.GetRequiredService<DatabaseReady>().WaitAsync(stop)
        );
        services.AddSmtpReceiver(
            provider => receiver.Options(options, provider.GetRequiredService<ILogger<ReceiveMail>>()),
            provider => provider.GetRequiredService<ReceiveMail>().MayReceive,
            provider => provider.GetRequiredService<ReceiveMail>().StoreAsync
        );
        return services;
    }
}
