using Waybill.Server.Kernel;
using Waybill.Server.Logging;

namespace Waybill.Server.Demo;

/// <summary>Off unless asked for with <c>WAYBILL_DEMO=1</c>.</summary>
public static class DemoSetup
{
    public static IServiceCollection AddDemo(this IServiceCollection services, WaybillOptions options)
    {
        if (!options.Demo)
            return services;
        services.AddSingleton<DemoInbox>();
        services.AddSingleton(provider =>
        {
            var inbox = provider.GetRequiredService<DemoInbox>();
            return new MailDestination("demo inbox", inbox.Accepts, inbox.DeliverAsync);
        });
        return services;
    }

    public static void MapDemo(this WebApplication app, WaybillOptions options)
    {
        if (!options.Demo)
            return;
        app.UseOutlookSimulatorFiles(app.Environment);
        app.MapOutlookPage(options, app.Environment);
        app.MapDemoInbox();
        app.MapOutlookSimulator();
    }
}
