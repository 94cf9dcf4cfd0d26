namespace Waybill.Mail;

/// <summary>Takes bytes up to a limit and refuses the first one more.</summary>
sealed class CappedStream(int limit) : MemoryStream
{
    public override void Write(byte[] buffer, int offset, int count)
    {
        if (Length + count > limit)
            throw new FullException();
        base.Write(buffer, offset, count);
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (Length + buffer.Length > limit)
            throw new FullException();
        base.Write(buffer);
    }

    public sealed class FullException : Exception
    {
        public FullException() { }

        public FullException(string message)
            : base(message) { }

        public FullException(string message, Exception inner)
            : base(message, inner) { }
    }
}
