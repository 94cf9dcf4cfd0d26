using System.Net;
using Waybill.Server.Compose;
using Waybill.Server.Crm;
using Waybill.Server.Demo;
using Waybill.Server.Feed;
using Waybill.Server.Identity;
using Waybill.Server.Kernel;
using Waybill.Server.Keys;
using Waybill.Server.Logging;
using Waybill.Server.Notices;
using Waybill.Server.Operations;
using Waybill.Server.Search;
using Waybill.Server.Settings;
using Waybill.Server.Storage;
using Waybill.Server.Timeline;
using Waybill.Server.Tracking;
using Waybill.Smtp;

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
        var receiver = ReceiverSettings.From(builder.Configuration, options);
        StartChecks.Ports(options, receiver);
        builder.Services.AddSingleton(new DataFolder(options));
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<Hints>();
        builder.Services.AddStorage(options);
        builder.Services.AddKeys(options);
        builder.Services.AddNotices();
        builder.Services.AddWaybillIdentity(options);
        builder.Services.AddUsers();
        builder.Services.AddSettings();
        builder.Services.AddCrmPages();
        builder.Services.AddTracking(options);
        builder.Services.AddCompose();
        builder.Services.AddLoggingOfMail(options, receiver);
        builder.Services.AddMailPages();
        builder.Services.AddSearch();
        builder.Services.AddDemo(options);
        builder.Services.AddHealth();
        builder.Logging.AddLogs(options);
        builder.AddTelemetry();
        builder.Services.AddStopping();
        builder.Services.AddExceptionHandler<ErrorLog>();
        builder.Services.AddWeb();
        builder.Services.AddFeed();
        Listen(builder, options, receiver);

        var app = builder.Build();
        app.UseProxies(options);
        if (receiver.LmtpSocket is { } open)
            app.Lifetime.ApplicationStarted.Register(() => LmtpSocket.LetIn(open));
        app.UseTracking();
        app.UseWeb(("/addin", null), ("/demo", null));
        app.UseAddInFiles(app.Environment);
        app.UseOutageAnswer();
        app.UseNewInstallation(options);
        app.UseRateLimiter();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseUsersSeen();
        app.UseSenderSeen();
        app.MapHealth(options);
        app.MapInstallation(options);
        app.MapIdentity();
        app.MapSettings();
        app.MapCompose();
        app.MapAddIn(options, app.Environment);
        app.MapDemo(options);
        app.MapMailPages();
        app.MapSearch();
        app.MapWeb();
        app.MapFeed();
        return app;
    }

    /// <summary>Loopback unless set: a reverse proxy or mail relay on this machine faces the world.</summary>
    static void Listen(WebApplicationBuilder builder, WaybillOptions options, ReceiverSettings receiver) =>
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            var certificate = SelfSignedCertificate.Read(options, TimeProvider.System);
            foreach (var address in options.Listen)
                kestrel.Listen(address, options.HttpPort);
            foreach (var address in Loopbacks())
            {
                kestrel.Listen(address, options.HttpsPort, listen => listen.UseHttps(certificate));
                if (receiver.LmtpPort is { } port)
                    kestrel.Listen(address, port, listen => listen.UseLmtp());
            }
            foreach (var address in receiver.Addresses(Loopbacks()))
                kestrel.Listen(address, options.SmtpPort, listen => listen.UseSmtp());
            if (receiver.LmtpSocket is { } socket)
                kestrel.ListenUnixSocket(LmtpSocket.Free(socket), listen => listen.UseLmtp());
        });

    static IEnumerable<IPAddress> Loopbacks() =>
        System.Net.Sockets.Socket.OSSupportsIPv6 ? [IPAddress.Loopback, IPAddress.IPv6Loopback] : [IPAddress.Loopback];

    /// <summary>Takes hits and mail at once, brings up the database and the demo meanwhile, then serves until it is told to stop.</summary>
    public static async Task RunAsync(WebApplication app)
    {
        var options = app.Services.GetRequiredService<WaybillOptions>();
        var database = app.Services.GetRequiredService<DatabaseReady>();
        if (options.Demo)
            database.Add(new BeforeReady(DemoSeed.PlantAsync));
        await app.StartAsync();
        try
        {
            await database.WaitAsync(app.Lifetime.ApplicationStopping);
            Announce.Ready(options);
            await Announce.SetupAsync(app.Services, options);
        }
        catch (OperationCanceledException) { } // told to stop before the database was there
        await app.WaitForShutdownAsync();
    }
}
