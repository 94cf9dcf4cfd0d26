using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.FileProviders;
using Waybill.Server.Kernel;

namespace Waybill.Server.Compose;

/// <summary>
/// The files of the add-in. Its pages name the host they came from and load office.js from Microsoft's CDN, as Microsoft requires of
/// production pages; the demo's simulator runs offline and loads the same file from this server.
/// </summary>
public static class AddInPages
{
    const string FromCdn = "<script src=\"https://appsforoffice.microsoft.com/lib/1/hosted/office.js\"></script>";
    const string FromHere =
        "<script src=\"/demo/office/MicrosoftAjax.js\"></script><script src=\"/demo/office/office.js\"></script>";

    /// <summary>Who may show the pane in a frame: Outlook on the web's hosts, and in the demo the simulator.</summary>
    const string OutlookHosts =
        "https://outlook.office.com https://outlook.office365.com https://outlook.live.com https://outlook.cloud.microsoft https://*.officeapps.live.com";

    static readonly string[] WithPlaceholders = ["pane.html", "events.html", "events.js", "manifest.xml"];

    public static void MapAddIn(this IEndpointRouteBuilder app, WaybillOptions options, IWebHostEnvironment environment)
    {
        var files = environment.WebRootFileProvider;
        foreach (var page in WithPlaceholders)
            app.MapGet($"/addin/{page}", (HttpContext context) => PageAsync(context, files, page, options))
                .AllowAnonymous();
    }

    /// <summary>Scripts, styles and icons, under the add-in's own address.</summary>
    public static void UseAddInFiles(this IApplicationBuilder app, IWebHostEnvironment environment) =>
        app.UseClientFiles(environment, "addin", "/addin");

    /// <summary>One folder of the built clients under an address; pages with placeholders have endpoints of their own.</summary>
    public static void UseClientFiles(
        this IApplicationBuilder app,
        IWebHostEnvironment environment,
        string folder,
        PathString address
    )
    {
        var path = Path.Combine(environment.WebRootPath ?? "", "clients", folder);
        if (!Directory.Exists(path))
            return;
        app.UseStaticFiles(
            new StaticFileOptions
            {
                FileProvider = new OnlyAssets(new PhysicalFileProvider(path)),
                RequestPath = address,
                ContentTypeProvider = new FileExtensionContentTypeProvider(),
            }
        );
    }

    static async Task PageAsync(HttpContext context, IFileProvider files, string page, WaybillOptions options)
    {
        var file = files.GetFileInfo($"clients/addin/{page}");
        if (!file.Exists)
        {
            await Problem
                .NotFound("The add-in has not been built here. Start Waybill with ./run.")
                .ExecuteAsync(context);
            return;
        }
        using var reader = new StreamReader(file.CreateReadStream());
        var text = (await reader.ReadToEndAsync(context.RequestAborted))
            .Replace("<!--office.js-->", options.Demo ? FromHere : FromCdn, StringComparison.Ordinal)
            .Replace("~host~", context.Request.Host.Value, StringComparison.Ordinal);
        var scripts = options.Demo ? "" : " https://appsforoffice.microsoft.com https://ajax.aspnetcdn.com";
        context.Response.Headers.ContentSecurityPolicy =
            $"default-src 'none'; script-src 'self'{scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
            + $"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self' {OutlookHosts}";
        context.Response.Headers.Remove("X-Frame-Options");
        context.Response.Headers.CacheControl = "no-cache";
        context.Response.ContentType = Path.GetExtension(page) switch
        {
            ".xml" => "application/xml; charset=utf-8",
            ".js" => "text/javascript; charset=utf-8",
            _ => "text/html; charset=utf-8",
        };
        await context.Response.WriteAsync(text, context.RequestAborted);
    }

    sealed class OnlyAssets(PhysicalFileProvider inner) : IFileProvider
    {
        public IDirectoryContents GetDirectoryContents(string subpath) => NotFoundDirectoryContents.Singleton;

        public IFileInfo GetFileInfo(string subpath) =>
            subpath.EndsWith(".html", StringComparison.Ordinal)
            || Array.Exists(WithPlaceholders, page => subpath.EndsWith("/" + page, StringComparison.Ordinal))
                ? new NotFoundFileInfo(subpath)
                : inner.GetFileInfo(subpath);

        public Microsoft.Extensions.Primitives.IChangeToken Watch(string filter) => NullChangeToken.Singleton;
    }
}
