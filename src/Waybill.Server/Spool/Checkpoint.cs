using System.Buffers.Binary;
using System.Numerics;
using Microsoft.Win32.SafeHandles;

namespace Waybill.Server.Spool;

/// <summary>
/// The id up to which everything is settled. Two slots are written in turn, so that a torn write leaves the older one.
/// A lost write only makes the handler see settled items again; hence no flush, except before their bytes are deleted.
/// </summary>
sealed class Checkpoint : IDisposable
{
    const int SlotBytes = 16;
    const int SlotDistance = 4096;
    readonly SafeFileHandle file;
    int slot;
    bool dirty;

    public long Settled { get; private set; }

    public Checkpoint(string path)
    {
        file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        for (var i = 0; i < 2; i++)
            if (Slot(i) is { } id && id >= Settled)
                (Settled, slot) = (id, i);
    }

    public void Advance(long id)
    {
        Span<byte> bytes = stackalloc byte[SlotBytes];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, id);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[8..], Checksum(id));
        RandomAccess.Write(file, bytes, (1 - slot) * SlotDistance);
        slot = 1 - slot;
        Settled = id;
        dirty = true;
    }

    public void Flush()
    {
        if (!dirty)
            return;
        RandomAccess.FlushToDisk(file);
        dirty = false;
    }

    public void Dispose() => file.Dispose();

    long? Slot(int i)
    {
        Span<byte> bytes = stackalloc byte[SlotBytes];
        if (RandomAccess.Read(file, bytes, i * SlotDistance) < SlotBytes)
            return null;
        var id = BinaryPrimitives.ReadInt64LittleEndian(bytes);
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]) == Checksum(id) ? id : null;
    }

    static uint Checksum(long id) => ~BitOperations.Crc32C(~0u, (ulong)id);
}
