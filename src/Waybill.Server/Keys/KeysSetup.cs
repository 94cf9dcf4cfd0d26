using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.Options;
using Waybill.Server.Kernel;
using Waybill.Server.Storage;

namespace Waybill.Server.Keys;

public static class KeysSetup
{
    /// <summary>Needs the options, a TimeProvider and storage. Before features that need keys when the database is brought up.</summary>
    public static IServiceCollection AddKeys(this IServiceCollection services, WaybillOptions options)
    {
        services.AddSingleton(_ => MasterKey.ReadOrMake(options));
        KeyRing? ring = null;
        services.AddSingleton(provider =>
            ring = new KeyRing(
                options,
                provider.GetRequiredService<MasterKey>(),
                provider.GetRequiredService<TimeProvider>()
            )
        );
        services.AddSingleton<KeyXml>();
        services.AddSingleton(new BeforeReady(KeyTable.BringUpAsync));
        services.AddHostedService<KeyWatch>();
        services.AddDataProtection().SetApplicationName("Waybill");
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(
            provider => new ConfigureOptions<KeyManagementOptions>(keys =>
                keys.XmlRepository = provider.GetRequiredService<KeyXml>()
            )
        );
        // Its keys are wrapped as a whole, which it can't see; and it asks before the database is there.
        services.AddLogging(logging =>
            logging
                .AddFilter("Microsoft.AspNetCore.DataProtection.KeyManagement.XmlKeyManager", LogLevel.Error)
                .AddFilter("Microsoft.AspNetCore.DataProtection.Internal.DataProtectionHostedService", LogLevel.None)
                .AddFilter(
                    "Microsoft.AspNetCore.DataProtection.KeyManagement.KeyRingProvider",
                    level => level >= LogLevel.Warning && ring is { IsStored: true }
                )
        );
        return services;
    }
}
