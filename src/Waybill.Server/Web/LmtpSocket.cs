using System.Net.Sockets;
using Waybill.Server.Kernel;

namespace Waybill.Server.Web;

/// <summary>The Unix socket of the mail receiver.</summary>
static class LmtpSocket
{
    /// <summary>Takes away what a killed server left behind; never a socket somebody answers on, nor another kind of file.</summary>
    public static string Free(string path)
    {
        if (!File.Exists(path))
            return path;
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException refused)
            when (refused.SocketErrorCode == SocketError.ConnectionRefused && IsSocket(path))
        {
            File.Delete(path);
            return path;
        }
        catch (SocketException) { }
        throw new ConfigurationMistake(
            $"{path} is there already and in use. Stop the other program, or set Waybill:Smtp:LmtpSocket to another path."
        );
    }

    /// <summary>The folder decides who may come in: the mail server runs as a user of its own.</summary>
    public static void LetIn(string path)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(
                path,
                UnixFileMode.UserRead
                    | UnixFileMode.UserWrite
                    | UnixFileMode.GroupRead
                    | UnixFileMode.GroupWrite
                    | UnixFileMode.OtherRead
                    | UnixFileMode.OtherWrite
            );
    }

    // An ordinary file refuses a connection as well, but it can be opened; a socket can't (ENXIO).
    static bool IsSocket(string path)
    {
        try
        {
            File.OpenHandle(path).Dispose();
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }
}
