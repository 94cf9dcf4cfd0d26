using System.Diagnostics;

namespace Waybill.Server.Operations.Doctor;

/// <summary>
/// Whether this machine keeps its clock by a time server, as systemd knows it. We ask no time server ourselves: nothing is sent to hosts
/// that no setting names.
/// </summary>
static class ClockCheck
{
    const string Subject = "clock";

    public static async Task<Finding[]> LookAsync(CancellationToken stop) => [Judge(await SaidAsync(stop))];

    internal static Finding Judge(string? synchronized) =>
        synchronized switch
        {
            "yes" => Finding.Ok(Subject, "kept by a time server"),
            "no" => Finding.Warning(
                Subject,
                "Not kept by a time server; times of opens and mails will drift. Run: timedatectl set-ntp true"
            ),
            _ => Finding.Warning(
                Subject,
                "Whether it is kept by a time server can't be told here (no timedatectl). In a container, see to it on the machine below."
            ),
        };

    static async Task<string?> SaidAsync(CancellationToken stop)
    {
        try
        {
            using var process = Process.Start(
                new ProcessStartInfo("timedatectl", ["show", "--property=NTPSynchronized", "--value"])
                {
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                }
            )!;
            var said = await process.StandardOutput.ReadToEndAsync(stop);
            await process.WaitForExitAsync(stop);
            return process.ExitCode == 0 ? said.Trim() : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
