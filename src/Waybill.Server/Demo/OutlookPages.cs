using Waybill.Server.Compose;
using Waybill.Server.Kernel;

namespace Waybill.Server.Demo;

/// <summary>The Outlook simulator's page and Microsoft's office.js beside it. office.js refuses plain http, so the page is HTTPS only.</summary>
public static class OutlookPages
{
    public static void UseOutlookSimulatorFiles(this IApplicationBuilder app, IWebHostEnvironment environment)
    {
        app.UseClientFiles(environment, "simulator", "/demo/outlook");
        app.UseClientFiles(environment, "office", "/demo/office");
    }

    public static void MapOutlookPage(
        this IEndpointRouteBuilder app,
        WaybillOptions options,
        IWebHostEnvironment environment
    )
    {
        var files = environment.WebRootFileProvider;
        app.MapGet(
                "/demo/outlook",
                async (HttpContext context) =>
                {
                    if (!context.Request.IsHttps)
                    {
                        context.Response.Redirect($"https://localhost:{options.HttpsPort}/demo/outlook");
                        return;
                    }
                    var page = files.GetFileInfo("clients/simulator/index.html");
                    if (!page.Exists)
                    {
                        await Problem
                            .NotFound("The simulator has not been built here. Start Waybill with ./run.")
                            .ExecuteAsync(context);
                        return;
                    }
                    context.Response.Headers.ContentSecurityPolicy =
                        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
                        + "connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
                    context.Response.Headers.CacheControl = "no-cache";
                    context.Response.ContentType = "text/html; charset=utf-8";
                    await context.Response.SendFileAsync(page, context.RequestAborted);
                }
            )
            .AllowAnonymous();
    }
}
