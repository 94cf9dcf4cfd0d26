using Waybill.Server.Kernel;
using Waybill.Server.Web;

try
{
    if (Commands.Find(args) is { } command)
        return await command;
    await using var app = WaybillApp.Build(args);
    await WaybillApp.RunAsync(app);
    return 0;
}
catch (ConfigurationMistake mistake)
{
    await Console.Error.WriteLineAsync(mistake.Message);
    return 2;
}
