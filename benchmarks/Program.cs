using System.Globalization;
using Waybill.Benchmarks;

switch (args)
{
    case ["mint", var data, var opens, var clicks]:
        await Mint.FilesAsync(data, opens, clicks);
        return 0;
    case ["wrap", var rounds]:
        Wrap.Run(Number(rounds));
        return 0;
    case ["kill", var server, var data, var paths, var acknowledged, var rounds]:
        await Kill.RunAsync(server, data, paths, acknowledged, Number(rounds));
        return 0;
    case ["find", var data, var acknowledged]:
        return await Kill.FindAsync(data, acknowledged);
    default:
        await Console.Error.WriteLineAsync(
            "mint DATA OPENS CLICKS | wrap ROUNDS | kill SERVER_DLL DATA PATHS ACKNOWLEDGED ROUNDS | find DATA ACKNOWLEDGED"
        );
        return 2;
}

static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
