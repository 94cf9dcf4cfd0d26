using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Waybill.Server.Spool;

namespace Waybill.Server.Tests.Spool;

public sealed class SpoolSetupTests : LaneFolder
{
    [Fact]
    public async Task Two_lanes_serve_one_host_from_before_the_first_request_until_after_the_last()
    {
        var hits = new ConcurrentQueue<string>();
        var mail = new ConcurrentQueue<string>();
        using (var lane = Open())
            await Append(lane, "left from the last run");
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        builder.Services.AddSpoolLane("hits", Configure("lane"), _ => Into(hits));
        builder.Services.AddSpoolLane("mail", Configure("mail"), _ => Into(mail));
        SpoolLane hitLane;
        await using (var app = builder.Build())
        {
            app.MapPost("/hit", async ([FromKeyedServices("hits")] SpoolLane lane) => await Append(lane, "hit"));
            await app.StartAsync(Soon);
            hitLane = app.Services.GetRequiredKeyedService<SpoolLane>("hits");
            using var client = new HttpClient();
            Assert.Equal(
                "2",
                await (await client.PostAsync($"{app.Urls.Single()}/hit", null)).Content.ReadAsStringAsync()
            );
            await Append(app.Services.GetRequiredKeyedService<SpoolLane>("mail"), "mail");
            await hitLane.DrainedAsync(Soon);
            await app.Services.GetRequiredKeyedService<SpoolLane>("mail").DrainedAsync(Soon);
            await app.StopAsync(Soon);
            await Assert.ThrowsAsync<SpoolUnavailableException>(() => Append(hitLane, "late").AsTask());
        }
        Assert.Equal(["left from the last run", "hit"], hits);
        Assert.Equal(["mail"], mail);
        using var again = Open();
        Assert.Equal(0, again.Depth);
    }

    Action<SpoolOptions> Configure(string folder) =>
        o =>
        {
            var options = Options();
            (o.Folder, o.SegmentBytes, o.HeadBytes) = (
                Path.Combine(Folder, folder),
                options.SegmentBytes,
                options.HeadBytes
            );
            o.InlineBodyBytes = options.InlineBodyBytes;
        };

    static SpoolHandler Into(ConcurrentQueue<string> seen) =>
        (items, _) =>
        {
            foreach (var item in items)
                seen.Enqueue(Text(item));
            return Task.CompletedTask;
        };
}
