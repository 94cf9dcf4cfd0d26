using System.Text.Json;
using Microsoft.Extensions.Localization;
using Waybill.Server.Identity;
using Waybill.Server.Kernel;
using Waybill.Server.Logging;
using Waybill.Server.Spool;
using Waybill.Server.Ui;

namespace Waybill.Server.Web;

/// <summary>The spool's parked items, for super admins: listed, read, handed over again, deleted.</summary>
static class SetAside
{
    public sealed record Row(string Lane, ParkedItem Item, string What);

    public static IReadOnlyList<(SpoolLane Lane, ParkedItem Item)> List(IEnumerable<SpoolLane> lanes) =>
        [
            .. lanes
                .SelectMany(lane => lane.Parked.List().Select(item => (lane, item)))
                .OrderByDescending(p => p.item.LastTry),
        ];

    public static SpoolLane? Lane(IEnumerable<SpoolLane> lanes, string name) =>
        lanes.FirstOrDefault(l => l.Name == name);

    public static Row Describe(SpoolLane lane, ParkedItem item, IStringLocalizer<Words> words) =>
        new(
            lane.Name,
            item,
            lane.Name == ReceiveMail.Lane
                ? lane.Parked.Read(item.Id) is { } mail && EnvelopeOf(mail) is { } envelope
                    ? words["Mail from {0} to {1}", envelope.From ?? "<>", string.Join(", ", envelope.Recipients)].Value
                    : words["Mail"].Value
                : words["An open or click"].Value
        );

    public static IServiceCollection AddSetAside(this IServiceCollection services) =>
        services.AddSingleton(
            new SettingsEntry(SettingsSection.Operations, "Set aside", "/settings/set-aside", SuperAdmin: true)
        );

    public static void MapSetAside(this IEndpointRouteBuilder app) =>
        app.MapGet("/settings/set-aside/{lane}/{id:long}", Read).RequireAuthorization(IdentitySetup.SuperAdminPolicy);

    /// <summary>A mail as it came in, a hit as it was written down. From strangers: only ever saved, never shown.</summary>
    static IResult Read(string lane, long id, IEnumerable<SpoolLane> lanes, HttpContext http)
    {
        if (Lane(lanes, lane)?.Parked.Read(id) is not { } item)
            return Problem.NotFound("It is not here any more: it was handed over again or deleted.");
        http.Response.Headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'; sandbox";
        return lane == ReceiveMail.Lane
            ? TypedResults.Stream(item.OpenBody(), "application/octet-stream", $"mail-{id}.eml")
            : TypedResults.Bytes(item.Head.ToArray(), "application/octet-stream", $"{lane}-{id}.json");
    }

    static MailEnvelope? EnvelopeOf(SpoolItem item)
    {
        try
        {
            return SpooledMail.From(item).Envelope;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
