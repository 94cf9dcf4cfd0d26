using Microsoft.Extensions.DependencyInjection.Extensions;
using Waybill.Server.Kernel;
using Waybill.Server.Tracking;

namespace Waybill.Server.Compose;

public static class ComposeSetup
{
    public static IServiceCollection AddCompose(this IServiceCollection services, WaybillOptions options)
    {
        services.TryAddSingleton(_ => LinkKeys.Open(options.InData("keys")));
        services.TryAddSingleton<TrackingTokens>();
        services.AddSingleton<DraftTickets>();
        services.AddSingleton<ComposeWords>();
        services.AddSingleton<PrepareSend>();
        services.AddScoped<OpenDraft>();
        return services;
    }
}
