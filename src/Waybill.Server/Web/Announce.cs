using Waybill.Server.Demo;
using Waybill.Server.Kernel;
using Waybill.Server.Settings;

namespace Waybill.Server.Web;

/// <summary>What the operator reads once everything answers. Programs wait for the first line.</summary>
static class Announce
{
    public static void Ready(WaybillOptions options)
    {
        Console.WriteLine($"Waybill is ready: {options.Url}");
        if (!options.Demo)
            return;
        Console.WriteLine($"Demo password: {DemoPassword.Read(options)}");
        foreach (var (address, _, role, seat) in DemoSeed.People)
            Console.WriteLine(
                $"  {address, -22} {(role == Identity.Role.SuperAdmin ? "super admin" : $"{seat} seat".ToLowerInvariant())}"
            );
        Console.WriteLine(
            $"Outlook simulator: https://localhost:{options.HttpsPort}/demo/outlook (the browser will warn once: the certificate is self-signed)"
        );
        Console.WriteLine($"Demo inbox: {options.Url}/demo/inbox");
    }

    /// <summary>Whoever reads this console may make the account; a stranger who finds the page first may not.</summary>
    public static async Task SetupAsync(IServiceProvider services, WaybillOptions options)
    {
        var installation = services.GetRequiredService<NewInstallation>();
        if (await installation.IsNewAsync())
            Console.WriteLine($"Set up Waybill: {options.Url}{NewInstallation.Path}?code={installation.Code}");
    }
}
