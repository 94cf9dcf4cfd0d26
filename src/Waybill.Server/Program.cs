using Waybill.Server.Kernel;
using Waybill.Server.Operations.Doctor;
using Waybill.Server.Web;

try
{
    if (args is ["doctor", ..])
        return await Examine.RunAsync(args[1..], Console.Out);
    await using var app = WaybillApp.Build(args);
    await WaybillApp.RunAsync(app);
    return 0;
}
catch (ConfigurationMistake mistake)
{
    await Console.Error.WriteLineAsync(mistake.Message);
    return 2;
}
