using System.Diagnostics;

namespace Waybill.Server.Tests.Durability;

/// <summary>A disk of a few megabytes that can be filled to the last byte. Needs root on Linux; elsewhere the test is skipped.</summary>
sealed class Tmpfs : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("waybill-disk-").FullName;

    public Tmpfs(int megabytes, string more = "")
    {
        var mounted =
            OperatingSystem.IsLinux() && Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m{more}", "none", _folder);
        if (!mounted)
            Directory.Delete(_folder);
        Assert.SkipUnless(mounted, "A disk to fill can only be mounted by root on Linux.");
    }

    public string Folder => _folder;

    string Filler => Path.Combine(_folder, "filler");

    public void Fill()
    {
        using var file = new FileStream(Filler, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        foreach (var size in new[] { 1 << 20, 4096, 1 })
            try
            {
                while (true)
                    file.Write(new byte[size]);
            }
            catch (IOException) { } // full for this size
    }

    public void MakeRoom() => File.Delete(Filler);

    static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }

    public void Dispose()
    {
        Run("umount", "-l", _folder);
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }
}
