using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using Waybill.Server.Kernel;

namespace Waybill.Server.Spool;

/// <summary>
/// One file of the log, <c>log-{first id}-{salt}</c>. Written only by the lane's thread; <see cref="Length"/>,
/// <see cref="LastId"/> and <see cref="Sealed"/> are read and changed under the lane's lock.
/// </summary>
sealed class Segment(string path, long firstId, uint salt)
{
    const string SpareName = "spare";

    public string Path => path;
    public long FirstId => firstId;
    public uint Salt => salt;

    /// <summary>Up to here the records are on disk.</summary>
    public long Length { get; set; }
    public long LastId { get; set; } = firstId - 1;
    public bool Sealed { get; set; }

    /// <summary>TimeProvider's timestamp of the first append.</summary>
    public long StartedAt { get; init; }

    public SafeFileHandle OpenToWrite() =>
        File.OpenHandle(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);

    public SafeFileHandle OpenToRead() =>
        File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

    public static IEnumerable<Segment> All(string folder) =>
        Directory.GetFiles(folder, "log-*").Select(Named).OfType<Segment>().OrderBy(s => s.FirstId);

    static Segment? Named(string path) =>
        System.IO.Path.GetFileName(path).Split('-') is [_, var id, var salt]
        && long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var first)
        && uint.TryParse(salt, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var seed)
            ? new(path, first, seed) { Sealed = true }
            : null;

    /// <summary>Makes the next segment of the spare one, which is written first when there is none.</summary>
    public static Segment Create(string folder, long firstId, int bytes, long now)
    {
        var spare = Spare(folder, bytes);
        var salt = BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(4));
        var path = System.IO.Path.Combine(folder, FormattableString.Invariant($"log-{firstId:D19}-{salt:x8}"));
        File.Move(spare, path);
        Disk.FlushFolder(folder);
        return new(path, firstId, salt) { StartedAt = now };
    }

    /// <summary>
    /// Zeros are written, not just reserved: only then does a later flush carry data alone, and a full disk shows here
    /// rather than under an append.
    /// </summary>
    public static string Spare(string folder, int bytes)
    {
        var spare = System.IO.Path.Combine(folder, SpareName);
        if (File.Exists(spare))
            return spare;
        var unfinished = spare + ".new";
        try
        {
            using (var file = File.OpenHandle(unfinished, FileMode.Create, FileAccess.Write, FileShare.None))
            {
                var zeros = new byte[Math.Min(bytes, 1 << 20)];
                for (var at = 0; at < bytes; at += zeros.Length)
                    RandomAccess.Write(file, zeros.AsSpan(0, Math.Min(zeros.Length, bytes - at)), at);
                RandomAccess.FlushToDisk(file);
            }
            File.Move(unfinished, spare);
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }
        return spare;
    }

    public static void DropSpares(string folder)
    {
        foreach (var left in Directory.GetFiles(folder, SpareName + "*"))
            File.Delete(left);
    }
}
