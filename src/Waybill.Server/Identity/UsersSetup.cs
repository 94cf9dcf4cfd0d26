namespace Waybill.Server.Identity;

public static class UsersSetup
{
    public static IServiceCollection AddUsers(this IServiceCollection services)
    {
        services.AddSingleton<InvitationToken>();
        services.AddScoped<InviteUser>();
        services.AddScoped<AcceptInvitation>();
        services.AddScoped<ChangeUser>();
        return services;
    }
}
