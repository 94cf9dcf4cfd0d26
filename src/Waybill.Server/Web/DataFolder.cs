using Waybill.Server.Kernel;

namespace Waybill.Server.Web;

/// <summary>The data folder, held for this process: two servers on one folder would tear each other's spool.</summary>
sealed class DataFolder(WaybillOptions options) : IDisposable
{
    readonly FileStream _hold = Hold(options);

    public void Dispose() => _hold.Dispose();

    static FileStream Hold(WaybillOptions options)
    {
        try
        {
            // Mail lies in it. A folder that the operator made keeps its rights.
            if (OperatingSystem.IsWindows())
                Directory.CreateDirectory(options.DataFolder);
            else
                Directory.CreateDirectory(
                    options.DataFolder,
                    UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
                );
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(options);
        }
        try
        {
            return new FileStream(options.InData("in-use"), FileMode.OpenOrCreate, FileAccess.Write, FileShare.None);
        }
        catch (UnauthorizedAccessException)
        {
            throw Unwritable(options);
        }
        catch (IOException)
        {
            throw new ConfigurationMistake(
                $"The data folder {options.DataFolder} is in use by another Waybill or can't be written. Stop the other one, or set WAYBILL_DATA to another folder."
            );
        }
    }

    static ConfigurationMistake Unwritable(WaybillOptions options) =>
        new(
            $"The data folder {options.DataFolder} can't be written. Give this user the right to write there, or set WAYBILL_DATA to another folder."
        );
}
