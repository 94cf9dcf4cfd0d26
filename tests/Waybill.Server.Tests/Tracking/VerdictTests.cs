using Waybill.Server.Tracking;
using static Waybill.Server.Tracking.HitKind;
using static Waybill.Server.Tracking.VerdictKind;

namespace Waybill.Server.Tests.Tracking;

public sealed class VerdictTests
{
    const string Windows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)";
    const string Chrome = Windows + " Chrome/142.0.0.0 Safari/537.36";
    const string MacSafari =
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15";
    const string Stripped = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)";
    const string OutlookClassic =
        "Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 10.0; WOW64; Trident/7.0; .NET4.0C; .NET4.0E; Microsoft Outlook 16.0.17928; ms-office; MSOffice 16)";
    const string GmailProxy =
        "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)";

    static readonly DateTime At = new(2026, 11, 23, 10, 0, 0, DateTimeKind.Utc);

    static HitEvidence Hit(HitKind kind, string agent, string headers = "") =>
        new()
        {
            Id = 1,
            Kind = kind,
            MailId = 1,
            Link = kind == Click ? 0 : null,
            At = At,
            UserAgent = agent,
            Class = AddressClass.Public,
            Network = "203.0.113.0/24",
            Address = "visitor",
            Headers = headers
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => line.Split(": ", 2))
                .ToDictionary(line => line[0], line => line[1]),
        };

    static Verdict Judge(HitEvidence hit, params RecentHit[] recent) =>
        Verdict.Of(hit, new MailFacts(new HashSet<string> { "desk" }), recent, VerdictSettings.Default);

    [Theory]
    // Mail readers
    [InlineData(Open, OutlookClassic, "", Human, "OutlookForWindows")]
    [InlineData(
        Open,
        "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.12026; Pro)",
        "",
        Human,
        "OutlookForWindows"
    )]
    [InlineData(Open, "Mozilla/4.0 (compatible; ms-office; MSOffice 16)", "", Human, "OutlookForWindows")]
    [InlineData(
        Open,
        "Microsoft Office/15.0 (Windows NT 6.1; Microsoft Outlook 15.0.4420; Pro)",
        "",
        Human,
        "OutlookForWindows"
    )]
    [InlineData(
        Open,
        "MacOutlook/16.78.3.23102801 (Intelx64 Mac OS X Version 14.1 (Build 23B74))",
        "",
        Human,
        "OutlookForMac"
    )]
    [InlineData(Open, "Outlook-iOS/709.2144270.prod.iphone (3.0.0)", "", Human, "OutlookMobile")]
    [InlineData(Open, "Outlook-Android/2.0", "", Human, "OutlookMobile")]
    [InlineData(Open, Chrome, "referer: outlook.office.com", Human, "OutlookOnTheWeb")]
    [InlineData(Open, Chrome, "referer: outlook.live.com", Human, "OutlookOnTheWeb")]
    [InlineData(Open, Chrome, "referer: eviloutlook.live.com", Human, "Chrome")]
    [InlineData(Click, Chrome, "referer: mail.google.com", Human, "Gmail")]
    [InlineData(Click, Chrome, "referer: mail.yahoo.com", Human, "Yahoo")]
    [InlineData(
        Open,
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Thunderbird/140.4.0",
        "",
        Human,
        "Thunderbird"
    )]
    [InlineData(
        Open,
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
        "",
        Human,
        "AppleMail"
    )]
    [InlineData(Open, GmailProxy, "", Human, "GmailProxyOpensOnDemand")]
    // Browsers
    [InlineData(Click, Chrome, "", Human, "Chrome")]
    [InlineData(Open, Windows + " HeadlessChrome/142.0.0.0 Safari/537.36", "", Human, "Chrome")]
    [InlineData(Click, Windows + " HeadlessChrome/142.0.0.0 Safari/537.36", "", Human, "Chrome")]
    [InlineData(Click, Chrome + " Edg/142.0.0.0", "", Human, "Edge")]
    [InlineData(Click, Chrome + " OPR/125.0.0.0", "", Human, "Opera")]
    [InlineData(Click, "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0", "", Human, "Firefox")]
    [InlineData(Click, MacSafari, "", Human, "Safari")]
    [InlineData(
        Click,
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/142.0.7444.46 Mobile/15E148 Safari/604.1",
        "",
        Human,
        "Chrome"
    )]
    [InlineData(
        Click,
        "Mozilla/5.0 (Linux; Android 14; SM-S921B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36",
        "",
        Human,
        "SamsungInternet"
    )]
    [InlineData(
        Click,
        "Mozilla/5.0 (Linux; Android 13; CUBOT P80) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36",
        "",
        Human,
        "Chrome"
    )]
    [InlineData(Click, "Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko", "", Human, "Browser")]
    [InlineData(Click, Stripped, "", Human, "Browser")]
    [InlineData(Click, Chrome, "via: 1.1 corporate-proxy", Human, "Chrome")]
    [InlineData(Click, Chrome, "sec-fetch-mode: navigate\nsec-fetch-user: ?1", Human, "Chrome")]
    // Can't tell
    [InlineData(Open, "Mozilla/5.0", "", Unknowable, "AppleMailPrivacy")]
    [InlineData(Open, Stripped, "", Unknowable, "AppleMailPrivacy")]
    [InlineData(Open, "", "", Unknowable, "NoUserAgent")]
    [InlineData(Click, "", "", Unknowable, "NoUserAgent")]
    [InlineData(Click, "Mozilla/5.0", "", Unknowable, "UnknownClient")]
    [InlineData(
        Open,
        "YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html",
        "",
        Unknowable,
        "YahooProxy"
    )]
    [InlineData(
        Open,
        "Mozilla/5.0 (compatible; YahooMailProxy; +https://help.yahoo.com) Gecko/20100101 Firefox/102.0",
        "",
        Unknowable,
        "YahooProxy"
    )]
    [InlineData(
        Open,
        "Mozilla/5.0 (compatible; YandexImageResizer/2.0; +http://yandex.com/bots)",
        "",
        Unknowable,
        "ImageProxy"
    )]
    [InlineData(Open, "okhttp/4.12.0", "", Unknowable, "UnknownClient")]
    [InlineData(Open, "SomeMailReader/1.0", "", Unknowable, "UnknownClient")]
    // Machines
    [InlineData(
        Open,
        Windows + " Chrome/42.0.2311.135 Safari/537.36 Edge/12.246 Mozilla/5.0",
        "",
        Machine,
        "GmailPrefetch"
    )]
    [InlineData(Open, Windows + " Chrome/42.0.2311.135 Safari/537.36 Edge/12.246", "", Human, "Edge")]
    [InlineData(Click, Chrome, "sec-purpose: prefetch", Machine, "Prefetch")]
    [InlineData(Click, Chrome, "sec-purpose: prefetch;prerender", Machine, "Prefetch")]
    [InlineData(Click, Chrome, "purpose: prefetch", Machine, "Prefetch")]
    [InlineData(Click, MacSafari, "x-purpose: preview", Machine, "Prefetch")]
    [InlineData(
        Open,
        "Mozilla/5.0 (X11; Linux x86_64; rv:60.0) Gecko/20100101 Firefox/60.0",
        "x-moz: prefetch",
        Machine,
        "Prefetch"
    )]
    [InlineData(Click, Chrome, "purpose: reading", Human, "Chrome")]
    [InlineData(Click, "Mozilla/5.0 (compatible; SafeLinks/1.0)", "", Machine, "SecurityScanner")]
    [InlineData(Click, Chrome + " Mimecast", "", Machine, "SecurityScanner")]
    [InlineData(Click, "Mozilla/5.0 (compatible; proofpoint-urldefense)", "", Machine, "SecurityScanner")]
    [InlineData(Click, "BarracudaNetworks/1.0", "", Machine, "SecurityScanner")]
    [InlineData(Click, "CiscoSecureEmail/1.0", "", Machine, "SecurityScanner")]
    [InlineData(Click, "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)", "", Machine, "LinkPreview")]
    [InlineData(
        Click,
        "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
        "",
        Machine,
        "LinkPreview"
    )]
    [InlineData(Click, "WhatsApp/2.23.20.0 A", "", Machine, "LinkPreview")]
    [InlineData(
        Click,
        "LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)",
        "",
        Machine,
        "LinkPreview"
    )]
    [InlineData(Click, "TelegramBot (like TwitterBot)", "", Machine, "LinkPreview")]
    [InlineData(Click, Chrome + " BingPreview/1.0b", "", Machine, "LinkPreview")]
    [InlineData(Click, "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5", "", Machine, "LinkPreview")]
    [InlineData(Click, "Microsoft Office Existence Discovery", "", Machine, "OfficeLinkCheck")]
    [InlineData(Open, "Microsoft Office Protocol Discovery", "", Machine, "OfficeLinkCheck")]
    [InlineData(Click, "Mozilla/4.0 (compatible; ms-office; MSOffice rmj)", "", Machine, "OfficeLinkCheck")]
    [InlineData(
        Open,
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "",
        Machine,
        "Crawler"
    )]
    [InlineData(Open, "Mozilla/5.0 (compatible; Baiduspider/2.0)", "", Machine, "Crawler")]
    [InlineData(Open, "curl/8.5.0", "", Machine, "Program")]
    [InlineData(Open, "python-requests/2.32.3", "", Machine, "Program")]
    [InlineData(Open, "Go-http-client/2.0", "", Machine, "Program")]
    [InlineData(Open, "Wget/1.21.4", "", Machine, "Program")]
    public void What_asked_decides(HitKind kind, string agent, string headers, VerdictKind expected, string reason)
    {
        var verdict = Judge(Hit(kind, agent, headers));
        Assert.Equal((expected, reason), (verdict.Kind, verdict.Reasons[0]));
        Assert.Equal(Verdict.CurrentRules, verdict.RulesVersion);
    }

    [Fact]
    public void Where_the_sender_was_signed_in_it_is_the_senders_own_look()
    {
        var verdict = Judge(Hit(Open, OutlookClassic) with { Address = "desk" });
        Assert.True(verdict.IsOwnLook);
        Assert.Equal(Machine, verdict.Kind);
        Assert.Equal([Verdict.OwnLook, "OutlookForWindows"], verdict.Reasons);
    }

    [Theory]
    [InlineData(AddressClass.Loopback)]
    [InlineData(AddressClass.Private)]
    [InlineData(AddressClass.Unknown)]
    public void An_address_that_many_may_share_is_never_an_own_look(AddressClass shared)
    {
        var verdict = Judge(Hit(Open, Chrome) with { Address = "desk", Class = shared });
        Assert.Equal((Human, "Chrome"), (verdict.Kind, Assert.Single(verdict.Reasons)));
    }

    [Theory]
    [InlineData(1.9, 3, Machine)]
    [InlineData(-1.9, 3, Machine)]
    [InlineData(2.1, 3, Human)]
    [InlineData(0.1, 2, Human)]
    public void Three_links_within_two_seconds_are_a_scanner(double seconds, int links, VerdictKind expected)
    {
        var recent = Enumerable.Range(0, links).Select(i => new RecentHit(Click, At.AddSeconds(seconds), i)).ToArray();
        Assert.Equal(expected, Judge(Hit(Click, Chrome), recent).Kind);
    }

    [Fact]
    public void The_same_link_pressed_many_times_is_a_person()
    {
        var recent = Enumerable.Repeat(new RecentHit(Click, At, 0), 5).ToArray();
        Assert.Equal(Human, Judge(Hit(Click, Chrome), recent).Kind);
    }

    [Theory]
    [InlineData("OutlookForWindows", Open, "Read in Outlook for Windows.")]
    [InlineData("Chrome", Open, "Read in Chrome.")]
    [InlineData("Chrome", Click, "Followed in Chrome.")]
    [InlineData("Browser", Open, "Read in a browser.")]
    [InlineData("AppleMailPrivacy", Open, "Apple Mail prepares images for everyone; this may not be a person.")]
    [InlineData("FromALaterVersion", Open, "FromALaterVersion")]
    public void A_reason_reads_as_a_sentence(string reason, HitKind kind, string sentence) =>
        Assert.Equal(sentence, Verdict.Sentence(reason, kind));

    [Fact]
    public void Every_rule_has_a_name_of_its_own_and_a_sentence()
    {
        var rules = Rules.All.Append(Rules.UnknownClient).ToList();
        Assert.Equal(rules.Count, rules.Select(r => r.Name).Distinct().Count());
        Assert.All(rules, r => Assert.EndsWith(".", r.Sentence(Click), StringComparison.Ordinal));
    }
}
