using Waybill.Server.Ui;

namespace Waybill.Server.Settings;

public static class SettingsSetup
{
    public static IServiceCollection AddSettings(this IServiceCollection services)
    {
        services.AddSingleton(new SettingsEntry(SettingsSection.Mine, "Me", "/settings/me"));
        services.AddSingleton(new SettingsEntry(SettingsSection.Mine, "Connected apps", "/settings/connected-apps"));
        services.AddSingleton(
            new SettingsEntry(SettingsSection.Account, "Email Log & Track", "/settings/email-log-and-track")
        );
        services.AddSingleton(new SettingsEntry(SettingsSection.Account, "Contacts and privacy", "/settings/privacy"));
        services.AddSingleton(new SettingsEntry(SettingsSection.Account, "Users", "/settings/users", SuperAdmin: true));
        services.AddSingleton(
            new SettingsEntry(SettingsSection.Operations, "Outgoing notices", "/settings/notices", SuperAdmin: true)
        );
        services.AddSingleton<NewInstallation>();
        services.AddScoped<SetUpAccount>();
        return services;
    }

    public static void MapSettings(this IEndpointRouteBuilder app) =>
        app.MapGet("/settings", () => TypedResults.LocalRedirect("/settings/me")).RequireAuthorization();
}
