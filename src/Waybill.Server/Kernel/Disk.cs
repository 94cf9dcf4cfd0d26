using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Waybill.Server.Kernel;

/// <summary>The flushes .NET does not offer.</summary>
static class Disk
{
    /// <summary>
    /// Flushes the contents and only what is needed to read them back. RandomAccess.FlushToDisk is fsync(2) on Linux
    /// (dotnet/runtime, pal_io.c, SystemNative_FSync), which also commits the new mtime to the journal: about twice
    /// the time when overwriting a preallocated file.
    /// </summary>
    public static void FlushData(SafeFileHandle file)
    {
        if (!OperatingSystem.IsLinux())
        {
            RandomAccess.FlushToDisk(file);
            return;
        }
        var held = false;
        try
        {
            file.DangerousAddRef(ref held);
            Retried(() => fdatasync((int)file.DangerousGetHandle()), "fdatasync");
        }
        finally
        {
            if (held)
                file.DangerousRelease();
        }
    }

    /// <summary>Makes created, renamed and deleted names durable: fsync(2) of a file does not flush its directory entry.</summary>
    public static void FlushFolder(string path)
    {
        if (OperatingSystem.IsWindows())
            return;
        var folder = Retried(() => open(path, flags: 0), $"open {path}");
        try
        {
            Retried(() => fsync(folder), $"fsync {path}");
        }
        finally
        {
            _ = close(folder);
        }
    }

    static int Retried(Func<int> call, string what)
    {
        const int Interrupted = 4;
        int result;
        while ((result = call()) < 0)
            if (Marshal.GetLastPInvokeError() is var error && error != Interrupted)
                throw new IOException($"{what}: {Marshal.GetPInvokeErrorMessage(error)}");
        return result;
    }

#pragma warning disable SYSLIB1054, CA2101, IDE1006 // Four plain calls do not justify unsafe code in the project; names are libc's.
    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern int fdatasync(int fd);

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern int fsync(int fd);

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern int open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern int close(int fd);
#pragma warning restore SYSLIB1054, CA2101, IDE1006
}
