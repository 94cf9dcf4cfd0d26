using System.Text.RegularExpressions;
using static Waybill.Server.Tracking.Verdict;

namespace Waybill.Server.Tracking;

/// <summary>The verdict's rules, strongest first (sources: features.md 6). A user agent is the visitor's own word; none is proof.</summary>
static partial class Rules
{
    public sealed record Rule(
        string Name,
        VerdictKind Outcome,
        Func<HitKind, string> Sentence,
        Func<Evidence, bool> Applies
    );

    static readonly string[] PurposeHeaders = ["purpose", "sec-purpose", "x-purpose", "x-moz"];

    static readonly string[] Scanners =
    [
        "safelinks",
        "mimecast",
        "proofpoint",
        "barracuda",
        "CiscoSecureEmail",
        "IronPort",
        "MessageLabs",
        "FortiMail",
        "FortiGuard",
        "TrendMicro",
        "TMES",
        "Hornetsecurity",
        "VadeSecure",
        "Avanan",
    ];

    static readonly string[] Previewers =
    [
        "Slackbot",
        "Slack-ImgProxy",
        "facebookexternalhit",
        "WhatsApp/",
        "LinkedInBot",
        "TelegramBot",
        "Twitterbot",
        "Discordbot",
        "SkypeUriPreview",
        "BingPreview",
        "Mattermost-Bot",
    ];

    static readonly string[] Programs =
    [
        "curl/",
        "Wget/",
        "python-requests",
        "Python-urllib",
        "python-httpx",
        "aiohttp/",
        "Go-http-client",
        "Java/",
        "Apache-HttpClient",
        "libwww-perl",
        "node-fetch",
        "axios/",
        "PostmanRuntime",
        "PhantomJS",
    ];

    static readonly string[] OtherProxies = ["YandexImageResizer", "Mail.RU", "YandexMail"];

    // bird.com/blog/gmail-prefetching-images: the trailing token is what sets it apart.
    const string GmailPrefetchAgent =
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/42.0.2311.135 Safari/537.36 Edge/12.246 Mozilla/5.0";

    public static readonly Rule UnknownClient = Of(
        "UnknownClient",
        VerdictKind.Unknowable,
        "We don't know the program that asked; this may not be a person.",
        _ => true
    );

    public static readonly IReadOnlyList<Rule> All =
    [
        // Behind one loopback or private address may stand a proxy and everyone behind it.
        Of(
            OwnLook,
            VerdictKind.Machine,
            "You looked at it yourself.",
            e => e.Hit.Class == AddressClass.Public && e.Mail.SenderSeenAt.Contains(e.Hit.Address)
        ),
        Of(
            "Prefetch",
            VerdictKind.Machine,
            "A program fetched it ahead of time, in case someone looks.",
            e => Array.Exists(PurposeHeaders, h => AheadOfTime().IsMatch(e.Hit.Header(h)))
        ),
        Of(
            "GmailPrefetch",
            VerdictKind.Machine,
            "Gmail fetched it when the mail arrived, before anyone looked.",
            e => e.Hit.UserAgent == GmailPrefetchAgent
        ),
        Of("SecurityScanner", VerdictKind.Machine, "A security scanner checked the mail.", Says(Scanners)),
        Of(
            "LinkPreview",
            VerdictKind.Machine,
            "A chat app made a preview; the link was pasted there.",
            Says(Previewers)
        ),
        Of(
            "OfficeLinkCheck",
            VerdictKind.Machine,
            "Office checked the link before opening it.",
            e =>
                Clients.Says(e.Hit, "Microsoft Office Existence Discovery")
                || Clients.Says(e.Hit, "Microsoft Office Protocol Discovery")
                || (e.Hit.Kind == HitKind.Click && Clients.Of(e.Hit)?.Name == "OutlookForWindows")
        ),
        Of(
            "Crawler",
            VerdictKind.Machine,
            "A robot that reads the web asked for it.",
            e => Robot().IsMatch(e.Hit.UserAgent)
        ),
        Of("Program", VerdictKind.Machine, "A program asked for it, not a mail reader or browser.", Says(Programs)),
        Of(
            "ManyLinksAtOnce",
            VerdictKind.Machine,
            "Several links were followed at the same moment, as scanners do.",
            ManyLinksAtOnce
        ),
        Of(
            "NoUserAgent",
            VerdictKind.Unknowable,
            "The program that asked didn't say what it is; this may not be a person.",
            e => string.IsNullOrWhiteSpace(e.Hit.UserAgent)
        ),
        Of(
            "GmailProxyOpensOnDemand",
            VerdictKind.Human,
            "Read in Gmail.",
            e => e.Hit.Kind == HitKind.Open && Clients.Says(e.Hit, "GoogleImageProxy")
        ),
        Of(
            "AppleMailPrivacy",
            VerdictKind.Unknowable,
            "Apple Mail prepares images for everyone; this may not be a person.",
            e => e.Hit.Kind == HitKind.Open && StrippedByApple(e.Hit.UserAgent)
        ),
        Of(
            "YahooProxy",
            VerdictKind.Unknowable,
            "Yahoo Mail fetches images for its users, sometimes ahead of time; this may not be a person.",
            e => Clients.Says(e.Hit, "YahooMailProxy")
        ),
        Of(
            "ImageProxy",
            VerdictKind.Unknowable,
            "A mail provider fetches images for its users; this may not be a person.",
            Says(OtherProxies)
        ),
        .. Clients.All.Select(client => new Rule(
            client.Name,
            VerdictKind.Human,
            kind => kind == HitKind.Open ? $"Read in {client.Words}." : $"Followed in {client.Words}.",
            e => !Proxied(e.Hit) && Clients.Of(e.Hit) == client
        )),
    ];

    static Rule Of(string name, VerdictKind outcome, string sentence, Func<Evidence, bool> applies) =>
        new(name, outcome, _ => sentence, applies);

    static Func<Evidence, bool> Says(string[] tokens) => e => Array.Exists(tokens, t => Clients.Says(e.Hit, t));

    static bool ManyLinksAtOnce(Evidence e) =>
        e.Hit.Kind == HitKind.Click
        && e.Recent.Where(r => r.Kind == HitKind.Click && (r.At - e.Hit.At).Duration() <= e.Settings.BurstWindow)
            .Select(r => r.Link)
            .Append(e.Hit.Link)
            .Distinct()
            .Count() >= e.Settings.BurstLinks;

    /// <summary>Some Outlooks send the same, so it shows neither a person nor a machine.</summary>
    static bool StrippedByApple(string agent) =>
        agent == "Mozilla/5.0"
        || (
            agent.Contains("AppleWebKit/", StringComparison.Ordinal)
            && agent.EndsWith("(KHTML, like Gecko)", StringComparison.Ordinal)
        );

    /// <summary>What the proxy says of a browser is its own disguise, not the reader's.</summary>
    static bool Proxied(HitEvidence hit) =>
        Clients.Says(hit, "GoogleImageProxy")
        || Clients.Says(hit, "YahooMailProxy")
        || Array.Exists(OtherProxies, p => Clients.Says(hit, p))
        || (hit.Kind == HitKind.Open && StrippedByApple(hit.UserAgent));

    [GeneratedRegex(@"\b(prefetch|prerender|preview)\b", RegexOptions.IgnoreCase)]
    private static partial Regex AheadOfTime();

    // Cubot is a make of phone.
    [GeneratedRegex(@"(?<!cu)bot\b|crawler|spider", RegexOptions.IgnoreCase)]
    private static partial Regex Robot();
}
