namespace Waybill.Server.Tracking;

/// <summary>Mail readers and browsers by what they say of themselves; the first that fits is the one.</summary>
static class Clients
{
    public sealed record Client(string Name, string Words, Func<HitEvidence, bool> Is);

    public static readonly IReadOnlyList<Client> All =
    [
        new(
            "OutlookForMac",
            "Outlook for Mac",
            h => Says(h, "MacOutlook") || (Says(h, "Macintosh") && Says(h, "Microsoft Outlook"))
        ),
        new("OutlookMobile", "Outlook on a phone", h => Says(h, "Outlook-iOS") || Says(h, "Outlook-Android")),
        new(
            "OutlookForWindows",
            "Outlook for Windows",
            h => Says(h, "Microsoft Outlook") || Says(h, "ms-office") || Says(h, "MSOffice ")
        ),
        new(
            "OutlookOnTheWeb",
            "Outlook on the web",
            h => From(h, "outlook.office.com", "outlook.office365.com", "outlook.live.com", "outlook.cloud.microsoft")
        ),
        new("Gmail", "Gmail", h => From(h, "mail.google.com")),
        new("Yahoo", "Yahoo Mail", h => From(h, "mail.yahoo.com")),
        new("Thunderbird", "Thunderbird", h => Says(h, "Thunderbird/")),
        new(
            "AppleMail",
            "Apple Mail",
            h => h.Kind == HitKind.Open && Says(h, "AppleWebKit/") && Says(h, "Mobile/") && !Says(h, "Safari/")
        ),
        new("Edge", "Edge", h => Says(h, "Edg/") || Says(h, "EdgA/") || Says(h, "EdgiOS/") || Says(h, "Edge/")),
        new("Opera", "Opera", h => Says(h, "OPR/")),
        new("SamsungInternet", "Samsung Internet", h => Says(h, "SamsungBrowser/")),
        new("Chrome", "Chrome", h => Says(h, "Chrome/") || Says(h, "CriOS/")),
        new("Firefox", "Firefox", h => Says(h, "Firefox/") || Says(h, "FxiOS/")),
        new("Safari", "Safari", h => Says(h, "Version/") && Says(h, "Safari/")),
        new(
            "Browser",
            "a browser",
            h => Says(h, "AppleWebKit/") || Says(h, "Gecko/") || Says(h, "Trident/") || Says(h, "MSIE ")
        ),
    ];

    public static Client? Of(HitEvidence hit) => All.FirstOrDefault(c => c.Is(hit));

    public static bool Says(HitEvidence hit, string token) =>
        hit.UserAgent.Contains(token, StringComparison.OrdinalIgnoreCase);

    /// <summary>Exactly the host or below it: "evil-mail.google.com" is neither.</summary>
    static bool From(HitEvidence hit, params ReadOnlySpan<string> hosts)
    {
        var referer = hit.Header("referer");
        foreach (var host in hosts)
            if (
                referer.EndsWith(host, StringComparison.OrdinalIgnoreCase)
                && (referer.Length == host.Length || referer[^(host.Length + 1)] == '.')
            )
                return true;
        return false;
    }
}
