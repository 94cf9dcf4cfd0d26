namespace Waybill.Mail;

/// <summary>Which conversation a mail belongs to, as far as the mail itself says.</summary>
public static class Threading
{
    static readonly string[] Prefixes =
    [
        "Re",
        "Fwd",
        "Fw",
        "Odp",
        "PD",
        "AW",
        "WG",
        "SV",
        "VS",
        "VB",
        "Antw",
        "Doorst",
        "TR",
        "RV",
        "ENC",
        "RES",
        "RIF",
        "R",
        "I",
        "YNT",
        "İLT",
        "Továbbítás",
        "Hiv",
        "回复",
        "答复",
        "转发",
        "返信",
    ];

    static readonly string[] Tags = ["external", "extern", "ext", "zewnętrzny", "zewnętrzna", "caution", "spam"];

    /// <summary>Message ids of mails this one may answer, the likeliest first: In-Reply-To, then References from the newest back.</summary>
    public static IReadOnlyList<string> ReferencesOf(ReadMail mail)
    {
        var candidates = new List<string>();
        if (mail.InReplyTo is { } parent)
            candidates.Add(parent);
        candidates.AddRange(mail.References.Reverse());
        return [.. candidates.Where(id => id != mail.MessageId).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>The subject without reply, forward and gateway prefixes: "RE: [External] Odp: Offer" gives "Offer".</summary>
    public static string SubjectRoot(string subject)
    {
        var rest = subject.AsSpan().Trim();
        while (PrefixLength(rest) is var length and > 0)
            rest = rest[length..].TrimStart();
        return rest.ToString();
    }

    static int PrefixLength(ReadOnlySpan<char> subject)
    {
        if (subject.Length > 0 && subject[0] is '[' or '(')
            return TagLength(subject);
        foreach (var prefix in Prefixes)
        {
            if (!subject.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
                continue;
            var at = CounterEnd(subject, prefix.Length);
            while (at < subject.Length && subject[at] is ' ' or '\u00A0')
                at++;
            if (at < subject.Length && subject[at] is ':' or '：')
                return at + 1;
        }
        return 0;
    }

    /// <summary>"Re[2]:" and "Re(3):" count answers.</summary>
    static int CounterEnd(ReadOnlySpan<char> subject, int at)
    {
        if (at >= subject.Length || subject[at] is not ('[' or '('))
            return at;
        var end = at + 1;
        while (end < subject.Length && char.IsAsciiDigit(subject[end]))
            end++;
        return end > at + 1 && end < subject.Length && subject[end] is ']' or ')' ? end + 1 : at;
    }

    static int TagLength(ReadOnlySpan<char> subject)
    {
        var close = subject.IndexOfAny(']', ')');
        if (close < 0)
            return 0;
        var words = subject[1..close].Trim();
        foreach (var tag in Tags)
        {
            if (!words.Equals(tag, StringComparison.OrdinalIgnoreCase))
                continue;
            return close + 1 < subject.Length && subject[close + 1] == ':' ? close + 2 : close + 1;
        }
        return 0;
    }
}
