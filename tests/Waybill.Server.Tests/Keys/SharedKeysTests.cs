using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Waybill.Server.Keys;
using Waybill.Server.Tracking;

namespace Waybill.Server.Tests.Keys;

public sealed class SharedKeysTests
{
    [Fact]
    public async Task Two_servers_that_start_together_on_one_database_share_all_keys()
    {
        var database = await PostgresServer.NewDatabaseAsync(migrated: false);
        var master = $"--WAYBILL_MASTER_KEY={Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))}";
        await using var one = new WaybillHost
        {
            OnPostgres = true,
            Database = database,
            More = [master],
        };
        await using var other = new WaybillHost
        {
            OnPostgres = true,
            Database = database,
            More = [master, $"--WAYBILL_URL={one.Url}", $"--Waybill:Tracking:Url={one.Url}"],
        };
        await Task.WhenAll(one.StartAsync(), other.StartAsync());

        using var story = await Story.BeginAsync(one);
        await story.GoesOnAsync(one);
        await story.GoesOnAsync(other);
        using var elsewhere = await Story.BeginAsync(one);
        await elsewhere.GoesOnAsync(other);

        await KeysCommand.RunAsync(one.Options, "rotate", TextWriter.Null, TimeProvider.System);
        await KeyTable.RefreshAsync(other.Services, default);
        Assert.NotNull(other.Services.GetRequiredService<LinkKeys>().Find(2));
        Assert.Equal(1, other.Services.GetRequiredService<LinkKeys>().NewestId);
        Assert.False(File.Exists(Path.Combine(one.Data, "master.key")));
    }
}
