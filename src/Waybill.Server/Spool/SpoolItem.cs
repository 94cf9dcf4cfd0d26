namespace Waybill.Server.Spool;

/// <summary>Gets a batch in the order of its ids and returns when what it made of them is committed. It may see an item again.</summary>
public delegate Task SpoolHandler(IReadOnlyList<SpoolItem> items, CancellationToken ct);

/// <summary>One thing the world handed us.</summary>
public sealed class SpoolItem
{
    /// <summary>Rises within the lane and is never given twice.</summary>
    public required long Id { get; init; }

    /// <summary>The id under which the item first arrived; it survives parking and replay, so handlers recognise the item by it.</summary>
    public required long OriginId { get; init; }

    /// <summary>UTC; for a replayed item the time it first arrived.</summary>
    public required DateTime AppendedAt { get; init; }

    /// <summary>How often the handler has failed on it alone, or the process died over it.</summary>
    public int Attempts { get; internal set; }

    /// <summary>The item, or for a mail its envelope.</summary>
    public required ReadOnlyMemory<byte> Head { get; init; }

    /// <summary>Length of the body in bytes; 0 when there is none.</summary>
    public required long BodyLength { get; init; }

    internal ReadOnlyMemory<byte> InlineBody { get; init; }
    internal Guid? BodyName { get; init; }
    internal string? BodyPath { get; init; }
    internal DateTime FirstTry { get; set; }

    /// <summary>The body from its first byte. A large one is read from its file: dispose it before the handler returns.</summary>
    public Stream OpenBody() =>
        BodyPath is null
            ? new MemoryStream(InlineBody.ToArray(), writable: false)
            : new FileStream(
                BodyPath,
                FileMode.Open,
                FileAccess.Read,
                FileShare.ReadWrite | FileShare.Delete,
                64 << 10
            );
}
