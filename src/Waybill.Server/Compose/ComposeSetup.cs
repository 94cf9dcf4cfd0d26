namespace Waybill.Server.Compose;

public static class ComposeSetup
{
    public static IServiceCollection AddCompose(this IServiceCollection services) => services;

    public static void MapCompose(this IEndpointRouteBuilder app) { }
}
