namespace Waybill.Server.Spool;

/// <summary>
/// The lane cannot promise to keep the item: the disk is full or failing, the queue is full, or the lane is closed.
/// Mail answers 451, the pixel is served uncounted. It passes by itself once the cause is gone.
/// </summary>
public sealed class SpoolUnavailableException(string message, Exception? inner = null, bool mayBeKept = false)
    : Exception(message, inner)
{
    /// <summary>The failure came after the write began, so the item may still reach the handler.</summary>
    public bool MayBeKept => mayBeKept;
}
