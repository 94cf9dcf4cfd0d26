namespace Waybill.Server.Backup;

/// <summary>The files of a data folder in use, and copies of them only this user can read.</summary>
static class DataCopy
{
    const UnixFileMode OnlyUs = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Blobs stay what they are once written; they go into the archive without a copy.</summary>
    const string BlobFolder = "blobs";

    public static void MakePrivate(string parent, string folder)
    {
        if (!Directory.Exists(parent))
            throw new DirectoryNotFoundException($"There is no folder {parent}.");
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, OnlyUs | UnixFileMode.UserExecute);
    }

    public static FileStream CreatePrivate(string file)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OnlyUs;
        return File.Open(file, options);
    }

    /// <summary>
    /// Lane by lane. The checkpoint before the log: an older one only hands settled items out again, a newer one would swallow what is
    /// missing from the log's copy. Large bodies before the log and again after it: those of the items in it are in one of the two, unless
    /// they came and were settled in between. Parked items after the log they come from.
    /// </summary>
    public static void CopySpool(string spool, string to)
    {
        if (!Directory.Exists(spool))
            return;
        foreach (var lane in Directory.GetDirectories(spool))
        {
            var copy = Path.Combine(to, Path.GetFileName(lane));
            Directory.CreateDirectory(copy);
            CopyFiles(Path.Combine(lane, "bodies"), Path.Combine(copy, "bodies"));
            CopyFiles(lane, copy, "checkpoint");
            CopyFiles(lane, copy, "log-*");
            CopyFiles(Path.Combine(lane, "parked"), Path.Combine(copy, "parked"), "*.json");
            CopyFiles(Path.Combine(lane, "bodies"), Path.Combine(copy, "bodies"));
        }
    }

    /// <summary>All that is neither database, spool nor blob: keys and whatever a feature keeps in a file.</summary>
    public static void CopyRest(string data, string to)
    {
        foreach (var path in Directory.GetFiles(data, "*", SearchOption.AllDirectories))
        {
            var name = Path.GetRelativePath(data, path);
            if (!IsElsewhere(name.Replace('\\', '/')))
                CopyFile(path, Path.Combine(to, name));
        }
    }

    static bool IsElsewhere(string name) =>
        name.Split('/')[0] is MakeBackup.Spool or BlobFolder or "in-use"
        || name.StartsWith(MakeBackup.Database, StringComparison.Ordinal)
        || name.StartsWith(RestoreBackup.Before, StringComparison.Ordinal)
        || name.StartsWith(RestoreBackup.Incoming, StringComparison.Ordinal)
        || name.EndsWith(".part", StringComparison.Ordinal);

    public static IEnumerable<(string Name, string Path)> Files(string folder) =>
        Directory
            .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)
            .Select(f => (Path.GetRelativePath(folder, f).Replace('\\', '/'), f));

    public static IEnumerable<(string Name, string Path)> Blobs(string data) =>
        Directory.Exists(Path.Combine(data, BlobFolder))
            ? Files(Path.Combine(data, BlobFolder))
                .Where(f => !f.Name.EndsWith(".part", StringComparison.Ordinal))
                .Select(f => ($"{BlobFolder}/{f.Name}", f.Path))
            : [];

    public static FileStream? TryOpen(string path)
    {
        try
        {
            return new FileStream(
                path,
                FileMode.Open,
                FileAccess.Read,
                FileShare.ReadWrite | FileShare.Delete,
                81920,
                useAsync: true
            );
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    static void CopyFiles(string from, string to, string pattern = "*")
    {
        if (!Directory.Exists(from))
            return;
        foreach (var path in Directory.GetFiles(from, pattern))
        {
            var copy = new FileInfo(Path.Combine(to, Path.GetFileName(path)));
            // The second time round: only what is new, or was half there the first time.
            if (!copy.Exists || (new FileInfo(path) is { Exists: true } now && now.Length != copy.Length))
                CopyFile(path, copy.FullName);
        }
    }

    static void CopyFile(string path, string to)
    {
        if (TryOpen(path) is not { } content)
            return;
        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        using (content)
        using (var copy = CreatePrivate(to))
            content.CopyTo(copy);
    }
}
