using System.Security.Cryptography;
using Waybill.Server.Kernel;

namespace Waybill.Server.Demo;

/// <summary>One word for all demo users, made at the first start and kept in the data folder, so that a restart prints the same one.</summary>
public static class DemoPassword
{
    static readonly string[] Words =
    [
        .. "amber anchor barley beacon birch canal cedar copper delta ferry harbor heron juniper".Split(' '),
        .. "lantern maple meadow otter pilot quarry river saddle sparrow timber walnut willow".Split(' '),
    ];

    public static string Read(WaybillOptions options)
    {
        var file = options.InData("demo-word");
        if (File.Exists(file))
            return File.ReadAllText(file).Trim();
        var word = $"{AnyWord()}-{AnyWord()}-{RandomNumberGenerator.GetInt32(1000, 10000)}";
        var onlyForUs = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        using var writer = new StreamWriter(file, onlyForUs);
        writer.WriteLine(word);
        return word;
    }

    static string AnyWord() => Words[RandomNumberGenerator.GetInt32(Words.Length)];
}
