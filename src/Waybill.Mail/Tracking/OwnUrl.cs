namespace Waybill.Mail;

/// <summary>What one of our own tracking addresses stands for. The caller knows its hosts and signatures; this project does not.</summary>
public sealed record OwnUrl
{
    OwnUrl(string? target) => Target = target;

    /// <summary>An open pixel.</summary>
    public static OwnUrl Pixel { get; } = new(target: null);

    /// <summary>Where a wrapped link leads; null for a pixel.</summary>
    public string? Target { get; }

    public bool IsPixel => Target is null;

    /// <summary>A wrapped link that leads to <paramref name="target"/>.</summary>
    public static OwnUrl Click(string target) => new(target);
}
