using Waybill.Server.Feed;
using Waybill.Server.Kernel;
using Waybill.Server.Storage;
using Waybill.Server.Timeline;

namespace Waybill.Server.Web;

/// <summary>The table of contents: one Add and one Map line per feature.</summary>
public static class WaybillApp
{
    /// <param name="args">Configuration as <c>--key=value</c>; tests pass ports and folders this way.</param>
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(
            new WebApplicationOptions
            {
                Args = args,
                ApplicationName = typeof(WaybillApp).Assembly.GetName().Name,
                ContentRootPath = AppContext.BaseDirectory,
            }
        );
        builder.WebHost.UseStaticWebAssets();
        var options = ReadOptions.From(builder.Configuration);
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<Hints>();
        builder.Services.AddStorage(options);
        builder.Services.AddWeb();
        builder.Services.AddFeed();

        var app = builder.Build();
        app.UseWeb();
        app.MapWeb();
        app.MapFeed();
        return app;
    }
}
