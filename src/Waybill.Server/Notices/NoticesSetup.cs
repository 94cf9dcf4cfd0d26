namespace Waybill.Server.Notices;

public static class NoticesSetup
{
    public static IServiceCollection AddNotices(this IServiceCollection services)
    {
        services.AddSingleton<QueueNotice>();
        services.AddSingleton<NoticesMeter>();
        services.AddHostedService<SendNotices>();
        return services;
    }
}
