using Waybill.Server.Kernel;

namespace Waybill.Server.Operations.Doctor;

/// <summary>Pixels and links lead here.</summary>
static class TrackingAddressCheck
{
    const string Subject = "tracking address";

    public static async Task<Finding[]> LookAsync(WaybillOptions options, CancellationToken stop)
    {
        if (options.TrackingUrl == options.Url)
            return [Finding.Ok(Subject, "the public address")];
        using var http = Ask.NewClient(anyCertificate: true);
        var (ours, _, why) = await Ask.InstallationAsync(http, new Uri(options.TrackingUrl), options, stop);
        return
        [
            ours
                ? Finding.Ok(Subject, $"{options.TrackingUrl} leads to this Waybill")
                : Finding.Problem(
                    Subject,
                    $"{options.TrackingUrl} does not lead to this Waybill: {why}. Opens and clicks would be lost; correct Waybill:Tracking:Url, its DNS entry or the proxy."
                ),
        ];
    }
}
