using Waybill.Server.Kernel;

namespace Waybill.Server.Operations.Doctor;

/// <summary>Ours alone, and writable.</summary>
static class DataFolderCheck
{
    const string Subject = "data folder";
    const UnixFileMode Others =
        UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
    const UnixFileMode NotOwner =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    public static Finding[] Look(WaybillOptions options)
    {
        var folder = options.DataFolder;
        if (!Directory.Exists(folder))
            return
            [
                Finding.Warning(
                    Subject,
                    $"{folder} does not exist yet; the first start makes it. If Waybill has run before, WAYBILL_DATA is not what it ran with."
                ),
            ];
        var probe = Path.Combine(folder, $".doctor-{Guid.NewGuid():N}");
        try
        {
            File.WriteAllText(probe, "");
            File.Delete(probe);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return
            [
                Finding.Problem(
                    Subject,
                    $"{folder} can't be written by this user. Run the doctor as the user Waybill runs as, or give that user the folder."
                ),
            ];
        }
        if (OperatingSystem.IsWindows())
            return [Finding.Ok(Subject, folder)];
        var keys = Path.Combine(folder, "keys");
        var open = (Directory.Exists(keys) ? Directory.GetFiles(keys, "*", SearchOption.AllDirectories) : [])
            .Append(Path.Combine(folder, "master.key"))
            .Where(f => File.Exists(f) && (File.GetUnixFileMode(f) & NotOwner) != 0)
            .ToArray();
        if (open.Length > 0)
            return
            [
                Finding.Problem(
                    Subject,
                    $"Others can read {string.Join(", ", open)}. Run: chmod 600 {string.Join(' ', open)}"
                ),
            ];
        return
        [
            (File.GetUnixFileMode(folder) & Others) == 0
                ? Finding.Ok(Subject, folder)
                : Finding.Warning(
                    Subject,
                    $"Other users of this machine can look into {folder}. Run: chmod 750 {folder}"
                ),
        ];
    }
}
