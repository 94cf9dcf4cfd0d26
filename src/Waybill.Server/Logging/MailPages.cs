using Waybill.Server.Crm;
using Waybill.Server.Timeline;

namespace Waybill.Server.Logging;

/// <summary>What pages show of logged mail: its card on timelines, its body, its attachments.</summary>
public static class MailPages
{
    public static IServiceCollection AddMailPages(this IServiceCollection services) =>
        services.AddSingleton(
            new TimelineCard(TimelineKinds.Email, typeof(MailCard), ReadMailCards.OfAsync)
            {
                Concerns = (content, hint) =>
                    hint is MailChanged changed
                    && content is MailCardContent { Tracking: { } tracking }
                    && tracking.TrackedEmailId == changed.MailId,
            }
        );

    public static void MapMailPages(this IEndpointRouteBuilder app) => app.MapMailEndpoints();
}
