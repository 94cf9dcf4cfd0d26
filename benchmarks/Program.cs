using System.Globalization;
using Waybill.Benchmarks;
using Waybill.EndToEnd.Kill;

switch (args)
{
    case ["mint", var data, var opens, var clicks]:
        await Mint.FilesAsync(data, opens, clicks);
        return 0;
    case ["wrap", var rounds]:
        Wrap.Run(Number(rounds));
        return 0;
    case ["kill", var server, var data, var rounds]:
        using (var kills = new KillRounds(server, data, Console.WriteLine))
        {
            var wrong = await kills.RunAsync(Number(rounds));
            foreach (var sentence in wrong)
                await Console.Error.WriteLineAsync(sentence);
            return wrong.Count == 0 ? 0 : 1;
        }
    default:
        await Console.Error.WriteLineAsync("mint DATA OPENS CLICKS | wrap ROUNDS | kill SERVER_DLL DATA ROUNDS");
        return 2;
}

static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
