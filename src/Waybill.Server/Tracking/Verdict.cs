namespace Waybill.Server.Tracking;

/// <summary>What of the mail bears on a verdict.</summary>
/// <param name="SenderSeenAt">Pseudonyms of the public addresses its sender was signed in from.</param>
public sealed record MailFacts(IReadOnlySet<string> SenderSeenAt);

/// <summary>Another hit on the same mail, from before or after this one.</summary>
public sealed record RecentHit(HitKind Kind, DateTime At, int? Link);

/// <param name="BurstLinks">So many different links followed within <paramref name="BurstWindow"/> is no person.</param>
/// <param name="BurstWindow">How far apart they may be.</param>
public sealed record VerdictSettings(int BurstLinks, TimeSpan BurstWindow)
{
    public static VerdictSettings Default { get; } = new(3, TimeSpan.FromSeconds(2));
}

/// <summary>
/// Our opinion of a hit: the outcome of the strongest rule that fired, with every rule that did, strongest first. Pure; the same evidence
/// can be judged again when <see cref="Rules"/> improve. Seconds since sending alone never make a machine.
/// </summary>
public sealed record Verdict(VerdictKind Kind, IReadOnlyList<string> Reasons, int RulesVersion)
{
    /// <summary>Rises with every change to <see cref="Rules"/>.</summary>
    public const int CurrentRules = 1;

    /// <summary>The sender looked at their own mail: counted nowhere, never notified.</summary>
    public const string OwnLook = "OwnLook";

    public bool IsOwnLook => Reasons is [OwnLook, ..];

    public static Verdict Of(HitEvidence hit, MailFacts mail, IReadOnlyList<RecentHit> recent, VerdictSettings settings)
    {
        var evidence = new Evidence(hit, mail, recent, settings);
        var fired = Rules.All.Where(r => r.Applies(evidence)).ToList();
        return fired.Count == 0
            ? new(VerdictKind.Unknowable, [Rules.UnknownClient.Name], CurrentRules)
            : new(fired[0].Outcome, [.. fired.Select(r => r.Name)], CurrentRules);
    }

    /// <summary>A reason in words for the sender; the reason's own name when this version doesn't know it.</summary>
    public static string Sentence(string reason, HitKind kind = HitKind.Open) =>
        Rules.All.Append(Rules.UnknownClient).FirstOrDefault(r => r.Name == reason)?.Sentence(kind) ?? reason;

    internal sealed record Evidence(
        HitEvidence Hit,
        MailFacts Mail,
        IReadOnlyList<RecentHit> Recent,
        VerdictSettings Settings
    );
}
