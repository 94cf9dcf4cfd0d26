using System.Buffers.Binary;
using System.Numerics;

namespace Waybill.Server.Spool;

/// <summary>
/// One record of the log, little-endian, padded to 8 bytes:
/// magic u32, CRC-32C u32 over the rest, id i64, UTC ticks i64, origin id i64 (0: its own), body length i64,
/// head length i32, kind i32 (0 body inline, 1 body in a file named by the 16 bytes that follow the head), head, body.
/// The checksum is seeded with the segment's salt, which no stranger knows: bytes inside an item never pass for a record.
/// </summary>
static class Frame
{
    public const int HeaderBytes = 48;
    public const int BodyNameBytes = 16;
    public const int Alignment = 8;
    const uint Magic = 0x31524257; // WBR1
    const int InFile = 1;

    public static int Size(int head, int body) => (HeaderBytes + head + body + Alignment - 1) & -Alignment;

    public static void Write(
        Span<byte> into,
        long id,
        DateTime at,
        long origin,
        ReadOnlySpan<byte> head,
        ReadOnlySpan<byte> body,
        (Guid Name, long Length)? file
    )
    {
        into.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(into, Magic);
        BinaryPrimitives.WriteInt64LittleEndian(into[8..], id);
        BinaryPrimitives.WriteInt64LittleEndian(into[16..], at.Ticks);
        BinaryPrimitives.WriteInt64LittleEndian(into[24..], origin);
        BinaryPrimitives.WriteInt64LittleEndian(into[32..], file?.Length ?? body.Length);
        BinaryPrimitives.WriteInt32LittleEndian(into[40..], head.Length);
        BinaryPrimitives.WriteInt32LittleEndian(into[44..], file is null ? 0 : InFile);
        head.CopyTo(into[HeaderBytes..]);
        if (file is { } f)
            f.Name.TryWriteBytes(into[(HeaderBytes + head.Length)..]);
        else
            body.CopyTo(into[(HeaderBytes + head.Length)..]);
    }

    /// <summary>The size of a record this process framed itself.</summary>
    public static int SizeAt(ReadOnlySpan<byte> at) =>
        Size(
            BinaryPrimitives.ReadInt32LittleEndian(at[40..]),
            BinaryPrimitives.ReadInt32LittleEndian(at[44..]) == InFile
                ? BodyNameBytes
                : (int)BinaryPrimitives.ReadInt64LittleEndian(at[32..])
        );

    public static long IdAt(ReadOnlySpan<byte> at) => BinaryPrimitives.ReadInt64LittleEndian(at[8..]);

    public static void Seal(Span<byte> record, uint salt) =>
        BinaryPrimitives.WriteUInt32LittleEndian(record[4..], Checksum(record[8..], salt));

    /// <summary>
    /// Reads the record at the start of the bytes. Null: none that is intact; then <paramref name="size"/> is 0, or what a
    /// record that goes past the end of the bytes would need.
    /// </summary>
    public static SpoolItem? Read(ReadOnlyMemory<byte> bytes, uint salt, string bodies, out int size)
    {
        size = 0;
        var at = bytes.Span;
        if (at.Length < HeaderBytes || BinaryPrimitives.ReadUInt32LittleEndian(at) != Magic)
            return null;
        var head = BinaryPrimitives.ReadInt32LittleEndian(at[40..]);
        var kind = BinaryPrimitives.ReadInt32LittleEndian(at[44..]);
        var body = BinaryPrimitives.ReadInt64LittleEndian(at[32..]);
        var inline = kind == InFile ? BodyNameBytes : body;
        if (kind is not (0 or InFile) || head < 0 || body < 0 || (long)head + inline > int.MaxValue - 2 * HeaderBytes)
            return null;
        var needed = Size(head, (int)inline);
        if (needed > at.Length)
        {
            size = needed;
            return null;
        }
        if (BinaryPrimitives.ReadUInt32LittleEndian(at[4..]) != Checksum(at[8..needed], salt))
            return null;
        size = needed;
        var origin = BinaryPrimitives.ReadInt64LittleEndian(at[24..]);
        var id = IdAt(at);
        var rest = bytes.Slice(HeaderBytes + head, (int)inline);
        Guid? name = kind == InFile ? new Guid(rest.Span) : null;
        return new()
        {
            Id = id,
            OriginId = origin == 0 ? id : origin,
            AppendedAt = new DateTime(BinaryPrimitives.ReadInt64LittleEndian(at[16..]), DateTimeKind.Utc),
            Head = bytes.Slice(HeaderBytes, head),
            BodyLength = body,
            InlineBody = name is null ? rest : default,
            BodyName = name,
            BodyPath = name is { } n ? Path.Combine(bodies, n.ToString("N")) : null,
        };
    }

    /// <summary>CRC-32C (RFC 3720 B.4), by the processor's own instruction; whole words, as records are padded.</summary>
    static uint Checksum(ReadOnlySpan<byte> words, uint salt)
    {
        var crc = ~salt;
        for (; words.Length >= 8; words = words[8..])
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(words));
        return ~crc;
    }
}
