using System.Diagnostics;
using Waybill.Server.Kernel;

namespace Waybill.Server.Operations.Doctor;

/// <summary>Room, and how long the disk takes to promise something: every mail and hit waits for that.</summary>
static class DiskCheck
{
    const string Subject = "disk";
    const int Flushes = 9;

    public static Finding[] Look(WaybillOptions options)
    {
        if (!Directory.Exists(options.DataFolder))
            return [];
        var free = new DriveInfo(options.DataFolder).AvailableFreeSpace;
        return [Room(free, options.DataFolder), Speed(MedianFlush(options.DataFolder))];
    }

    internal static Finding Room(long free, string folder) =>
        (free >> 20) switch
        {
            < 256 => Finding.Problem(
                Subject,
                $"{free >> 20} MB are free at {folder}. Below 64 MB mail is turned away; make room."
            ),
            < 2048 => Finding.Warning(Subject, $"{free >> 20} MB are free at {folder}. Make room soon."),
            var megabytes => Finding.Ok(Subject, $"{megabytes >> 10} GB are free"),
        };

    internal static Finding Speed(TimeSpan flush) =>
        flush.TotalMilliseconds switch
        {
            > 200 => Finding.Problem(
                Subject,
                $"A flush takes {flush.TotalMilliseconds:0} ms. Pixels and mail wait for it; put the data folder on a faster disk."
            ),
            > 30 => Finding.Warning(
                Subject,
                $"A flush takes {flush.TotalMilliseconds:0} ms. That is enough for a small team; a faster disk would help."
            ),
            var ms => Finding.Ok(Subject, $"a flush takes {ms:0.0} ms"),
        };

    static TimeSpan MedianFlush(string folder)
    {
        var probe = Path.Combine(folder, $".doctor-{Guid.NewGuid():N}");
        try
        {
            using var file = new FileStream(probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, 0);
            var block = new byte[4096];
            var times = new TimeSpan[Flushes];
            for (var n = 0; n < Flushes; n++)
            {
                var start = Stopwatch.GetTimestamp();
                file.Write(block);
                file.Flush(flushToDisk: true);
                times[n] = Stopwatch.GetElapsedTime(start);
            }
            Array.Sort(times);
            return times[Flushes / 2];
        }
        finally
        {
            File.Delete(probe);
        }
    }
}
