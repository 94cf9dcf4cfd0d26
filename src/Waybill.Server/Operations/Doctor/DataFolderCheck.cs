using Waybill.Server.Kernel;

namespace Waybill.Server.Operations.Doctor;

/// <summary>Ours alone, and writable.</summary>
static class DataFolderCheck
{
    const string Subject = "data folder";
    const UnixFileMode Others =
        UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
    const UnixFileMode NotOwner =
        UnixFileMode.GroupRead
        | UnixFileMode.GroupWrite
        | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead
        | UnixFileMode.OtherWrite
        | UnixFileMode.OtherExecute;

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
        var master = Path.Combine(folder, "master.key");
        string[] open =
        [
            .. (
                Directory.Exists(keys)
                    ? Directory.GetFileSystemEntries(keys, "*", SearchOption.AllDirectories).Prepend(keys)
                    : []
            )
                .Concat(File.Exists(master) ? [master] : [])
                .Where(IsOpen),
        ];
        if (open.Length > 0)
            return
            [
                Finding.Problem(
                    Subject,
                    $"Other users may get at {string.Join(", ", open.Take(3))}{(open.Length > 3 ? $" and {open.Length - 3} more" : "")}. Run: chmod -R go= {keys}"
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

    static bool IsOpen(string path) => (File.GetUnixFileMode(path) & NotOwner) != 0;
}
