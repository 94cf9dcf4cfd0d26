namespace Waybill.Smtp;

/// <summary>Asked at each RCPT. An exception is logged and answered 451: no mail is ever lost by our own fault.</summary>
/// <param name="soFar">The envelope without <paramref name="recipient"/>.</param>
/// <param name="recipient">Its domain may be in any case; nothing about it has been checked but the syntax.</param>
/// <param name="ct">Cancelled when the host's shutdown wait is over.</param>
public delegate ValueTask<RecipientAnswer> MayReceive(SmtpEnvelope soFar, SmtpAddress recipient, CancellationToken ct);

/// <summary>
/// Called when DATA begins, with the dot-unstuffed bytes while they arrive. Whoever answers <see cref="StoreAnswer.Stored"/>
/// has read <paramref name="content"/> to its end and made it durable: 250 follows at once. An exception is logged and
/// answered 451.
/// </summary>
/// <param name="envelope">Complete, with at least one recipient.</param>
/// <param name="content">
/// Forward only, asynchronous reads only; not to be used after the answer. Reading it pulls from the socket, so a slow store
/// slows the sender and memory stays flat. A read that returns 0 means the whole message has arrived and is well formed.
/// Every other end (too large, bare CR or LF, dropped, timed out) throws <see cref="MailContentException"/>; let it pass, keep
/// nothing.
/// </param>
/// <param name="ct">Cancelled when the host's shutdown wait is over.</param>
public delegate ValueTask<StoreAnswer> StoreMail(SmtpEnvelope envelope, Stream content, CancellationToken ct);

public enum RecipientOutcome
{
    TryLater,
    Accept,
    UnknownMailbox,
    Refused,
}

/// <summary>What <see cref="MayReceive"/> says. The default value is <see cref="TryLater"/>, the answer that loses nothing.</summary>
public readonly record struct RecipientAnswer
{
    RecipientAnswer(RecipientOutcome outcome, string? reason = null) => (Outcome, Reason) = (outcome, reason);

    public RecipientOutcome Outcome { get; }
    public string? Reason { get; }

    /// <summary>250 2.1.5</summary>
    public static RecipientAnswer Accept { get; } = new(RecipientOutcome.Accept);

    /// <summary>550 5.1.1</summary>
    public static RecipientAnswer UnknownMailbox { get; } = new(RecipientOutcome.UnknownMailbox);

    /// <summary>451 4.3.0</summary>
    public static RecipientAnswer TryLater { get; }

    /// <summary>550 5.7.1 with the reason, which the sender gets to read.</summary>
    public static RecipientAnswer Refused(string reason) => new(RecipientOutcome.Refused, reason);
}

public enum StoreOutcome
{
    TryLater,
    Stored,
    TooLarge,
    Refused,
}

/// <summary>What <see cref="StoreMail"/> says. The default value is <see cref="TryLater"/>, the answer that loses nothing.</summary>
public readonly record struct StoreAnswer
{
    StoreAnswer(StoreOutcome outcome, string? text = null) => (Outcome, Text) = (outcome, text);

    public StoreOutcome Outcome { get; }

    /// <summary>The id of what was stored, or the reason of a refusal.</summary>
    public string? Text { get; }

    /// <summary>451 4.3.0</summary>
    public static StoreAnswer TryLater { get; }

    /// <summary>552 5.3.4</summary>
    public static StoreAnswer TooLarge { get; } = new(StoreOutcome.TooLarge);

    /// <summary>250 2.0.0 with the id: the mail is durable and ours.</summary>
    public static StoreAnswer Stored(string id) => new(StoreOutcome.Stored, id);

    /// <summary>554 5.6.0 with the reason, which the sender gets to read.</summary>
    public static StoreAnswer Refused(string reason) => new(StoreOutcome.Refused, reason);
}
