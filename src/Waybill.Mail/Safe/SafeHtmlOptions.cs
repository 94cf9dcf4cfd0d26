namespace Waybill.Mail;

/// <summary>How a stranger's HTML is made safe to show.</summary>
public sealed record SafeHtmlOptions
{
    /// <summary>Load images from other people's servers, which tells them that the mail is being read.</summary>
    public bool ShowRemoteImages { get; init; }

    /// <summary>The address that serves the part with this Content-ID (no angle brackets), or null when the mail has no such part.</summary>
    public Func<string, string?> ResolveCid { get; init; } = _ => null;

    /// <summary>Recognises our own tracking addresses: pixels are taken out, links lead straight to their target.</summary>
    public Func<string, OwnUrl?> Own { get; init; } = _ => null;

    /// <summary>Longer HTML is shown as its text only.</summary>
    public int MaxLength { get; init; } = 2 * 1024 * 1024;
}

/// <summary>
/// Html is a fragment (what goes inside body) for a sandboxed frame without script. TextOnly: the mail was too large or too entangled to
/// be shown as written, so only its words are.
/// </summary>
public sealed record SafeHtmlResult(
    string Html,
    int RemoteImagesBlocked,
    int OwnPixelsRemoved,
    int OwnLinksUnwrapped,
    bool TextOnly
);
