namespace Waybill.Server.Keys;

/// <summary>Files and folders that only the user Waybill runs as can read.</summary>
static class OwnFile
{
    const UnixFileMode OnlyUs = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Whole or not at all, on disk when it returns.</summary>
    public static void Write(string path, ReadOnlySpan<byte> bytes)
    {
        var part = path + ".part";
        File.Delete(part);
        var create = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            create.UnixCreateMode = OnlyUs;
        using (var file = new FileStream(part, create))
        {
            file.Write(bytes);
            file.Flush(flushToDisk: true);
        }
        File.Move(part, path, overwrite: true);
    }

    public static void MakeFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
            return;
        }
        Directory.CreateDirectory(path, OnlyUs | UnixFileMode.UserExecute);
        File.SetUnixFileMode(path, OnlyUs | UnixFileMode.UserExecute);
    }
}
