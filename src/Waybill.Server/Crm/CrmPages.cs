using Waybill.Server.Timeline;

namespace Waybill.Server.Crm;

public static class CrmPages
{
    public static IServiceCollection AddCrmPages(this IServiceCollection services) =>
        services.AddSingleton(new TimelineCard(TimelineKinds.Note, typeof(NoteCard), ReadNotes.OfAsync));
}
