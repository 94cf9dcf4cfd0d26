namespace Waybill.Server.Web;

/// <summary>Pages: Razor components, words, the shell's own endpoints.</summary>
public static class WebSetup
{
    public static IServiceCollection AddWeb(this IServiceCollection services)
    {
        services.AddRazorComponents().AddInteractiveServerComponents();
        services.AddCascadingAuthenticationState();
        services.AddLocalization();
        services.AddExceptionHandler<OutageAnswer>();
        services.AddSetAside();
        return services;
    }

    /// <summary>Before authentication: what every answer carries, and pages for what went wrong.</summary>
    public static WebApplication UseWeb(this WebApplication app, params (PathString Path, string? Policy)[] exceptions)
    {
        app.UseSecurityHeaders([("/t", null), .. exceptions]);
        app.UseSameOriginSockets();
        app.UseExceptionHandler("/error", createScopeForErrors: true);
        app.UseWhen(IsForPerson, people => people.UseStatusCodePagesWithReExecute("/not-found"));
        app.UseRouting(); // here, so that the two above can send a request to another page
        return app;
    }

    /// <summary>After authentication and authorization.</summary>
    public static WebApplication MapWeb(this WebApplication app)
    {
        app.UseRequestLocalization(Language.Options());
        app.UseAntiforgery();
        app.MapStaticAssets("Waybill.Server.staticwebassets.endpoints.json").AllowAnonymous();
        app.MapGet("/", () => Results.LocalRedirect("/feed")).AllowAnonymous();
        app.MapPost("/theme", Theme.Choose).AllowAnonymous();
        app.MapPost("/language", Language.ChooseAsync).AllowAnonymous();
        app.MapSetAside();
        app.MapRazorComponents<App>()
            .AddInteractiveServerRenderMode(o => o.ContentSecurityFrameAncestorsPolicy = null)
            .RequireAuthorization();
        return app;
    }

    /// <summary>A person in a browser gets a page; a program gets the bare status or its problem document.</summary>
    static bool IsForPerson(HttpContext http) =>
        HttpMethods.IsGet(http.Request.Method)
        && http.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);
}
