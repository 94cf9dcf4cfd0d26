using System.Buffers.Binary;
using System.Numerics;
using Microsoft.Win32.SafeHandles;

namespace Waybill.Server.Spool;

/// <summary>
/// What the handler was at, and how often single items failed, so that an item that takes the process down is found out after a
/// restart. Written before each call of the handler and cleared after it, never flushed: a process that dies leaves what it wrote, and a
/// power cut, which is no item's fault, may well lose it.
/// </summary>
sealed class Tries : IDisposable
{
    const int HeaderBytes = 32; // checksum u32, entries i32, from i64, to i64, unused i64
    const int EntryBytes = 16; // id i64, tries i64
    const int MostEntries = 4096;
    readonly SafeFileHandle file;
    readonly Dictionary<long, int> byId = [];
    (long From, long To) suspects;
    byte[] buffer = new byte[HeaderBytes + 16 * EntryBytes];

    /// <summary>Looks at what the last process left: a single item it died on has failed once more; of several, each may be the one.</summary>
    public Tries(string path)
    {
        file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        var bytes = new byte[HeaderBytes + MostEntries * EntryBytes];
        var length = RandomAccess.Read(file, bytes, 0);
        if (length < HeaderBytes)
            return;
        var entries = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(4));
        if (entries < 0 || length < HeaderBytes + entries * EntryBytes || Checksum(bytes, entries) != Seal(bytes))
            return;
        for (var at = HeaderBytes; at < HeaderBytes + entries * EntryBytes; at += EntryBytes)
            byId[BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(at))] = (int)
                BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(at + 8));
        var (from, to) = (
            BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(8)),
            BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(16))
        );
        if (from > 0 && from == to)
            byId[from] = byId.GetValueOrDefault(from) + 1;
        else if (from > 0)
            suspects = (from, to);
        Write(0, 0);
    }

    /// <summary>How often the handler failed on this item alone, or took the process with it.</summary>
    public int Of(long id) => byId.GetValueOrDefault(id);

    /// <summary>
    /// Among these the last process died. They are handed out an eighth at a time: should one of them be the cause, the next deaths
    /// close in on it; if it was something else, little time is lost.
    /// </summary>
    public bool IsSuspect(long id) => id >= suspects.From && id <= suspects.To;

    public int SuspectsAtATime => (int)Math.Max(1, (suspects.To - suspects.From + 1) / 8);

    public void Begin(long from, long to) => Write(from, to);

    public void End() => Write(0, 0);

    public void Failed(long id, int tries)
    {
        if (byId.Count < MostEntries || byId.ContainsKey(id))
            byId[id] = tries;
    }

    public void Settled(long id) => byId.Remove(id);

    public void Dispose() => file.Dispose();

    void Write(long from, long to)
    {
        var length = HeaderBytes + byId.Count * EntryBytes;
        if (buffer.Length < length)
            buffer = new byte[length * 2];
        BinaryPrimitives.WriteInt32LittleEndian(buffer.AsSpan(4), byId.Count);
        BinaryPrimitives.WriteInt64LittleEndian(buffer.AsSpan(8), from);
        BinaryPrimitives.WriteInt64LittleEndian(buffer.AsSpan(16), to);
        var at = HeaderBytes;
        foreach (var (id, tries) in byId)
        {
            BinaryPrimitives.WriteInt64LittleEndian(buffer.AsSpan(at), id);
            BinaryPrimitives.WriteInt64LittleEndian(buffer.AsSpan(at + 8), tries);
            at += EntryBytes;
        }
        BinaryPrimitives.WriteUInt32LittleEndian(buffer, Checksum(buffer, byId.Count));
        try
        {
            RandomAccess.Write(file, buffer.AsSpan(0, length), 0);
        }
        catch (IOException) { } // a full disk: tries are counted in memory meanwhile
    }

    static uint Seal(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    static uint Checksum(ReadOnlySpan<byte> bytes, int entries)
    {
        var crc = BitOperations.Crc32C(~0u, BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]));
        for (var at = 8; at < HeaderBytes + entries * EntryBytes; at += 8)
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes[at..]));
        return ~crc;
    }
}
