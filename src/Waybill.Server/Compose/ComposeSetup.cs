namespace Waybill.Server.Compose;

public static class ComposeSetup
{
    public static IServiceCollection AddCompose(this IServiceCollection services)
    {
        services.AddSingleton<DraftTickets>();
        services.AddSingleton<ComposeWords>();
        services.AddSingleton<PrepareSend>();
        services.AddScoped<OpenDraft>();
        return services;
    }
}
