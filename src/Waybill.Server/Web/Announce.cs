using Waybill.Server.Demo;
using Waybill.Server.Kernel;

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
}
