using Waybill.Benchmarks;

switch (args)
{
    case ["mint", var data, var opens, var clicks]:
        await Mint.FilesAsync(data, opens, clicks);
        return 0;
    case ["wrap", var rounds]:
        Wrap.Run(int.Parse(rounds));
        return 0;
    case ["kill", var server, var data, var rounds]:
        return await Kill.RunAsync(server, data, int.Parse(rounds));
    default:
        await Console.Error.WriteLineAsync("mint DATA OPENS CLICKS | wrap ROUNDS | kill SERVER_DLL DATA ROUNDS");
        return 2;
}
