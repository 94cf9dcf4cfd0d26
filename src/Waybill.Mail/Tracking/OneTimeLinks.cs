namespace Waybill.Mail;

/// <summary>
/// Links that work once, carry a secret or change something: a redirect in front of them is a risk for the reader and tells us nothing.
/// Judged by the words of path, query and fragment, split at punctuation, digits and inner capitals.
/// </summary>
public static class OneTimeLinks
{
    /// <summary>One entry is one or more words in a row.</summary>
    static readonly string[] Phrases =
    [
        "sign in",
        "signin",
        "sign on",
        "signon",
        "log in",
        "login",
        "logon",
        "sso",
        "saml",
        "oauth",
        "auth",
        "authorize",
        "authenticate",
        "reset",
        "password",
        "passwd",
        "passwordreset",
        "resetpassword",
        "confirm",
        "confirmation",
        "confirmemail",
        "verify",
        "verification",
        "verifyemail",
        "validate email",
        "activate",
        "activation",
        "unsubscribe",
        "unsub",
        "optout",
        "opt out",
        "token",
        "accesstoken",
        "jwt",
        "otp",
        "magic",
        "magiclink",
        "one time",
        "onetime",
        "wypisz",
        "rezygnacja",
        "potwierdz",
        "potwierdzenie",
        "aktywuj",
        "aktywacja",
        "haslo",
        "logowanie",
        "zaloguj",
    ];

    static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Known = new HashSet<string>(
        Phrases.Select(phrase => phrase.Replace(" ", "", StringComparison.Ordinal)),
        StringComparer.OrdinalIgnoreCase
    ).GetAlternateLookup<ReadOnlySpan<char>>();

    static readonly HashSet<string> Pairs = new(Phrases.Where(p => p.Contains(' ')), StringComparer.OrdinalIgnoreCase);

    public static bool Matches(string url)
    {
        var host = url.IndexOf("://", StringComparison.Ordinal);
        var start = host < 0 ? 0 : url.AsSpan(host + 3).IndexOfAny('/', '?', '#');
        if (start < 0)
            return false;
        var rest = host < 0 ? url : url[(host + 3 + start)..];
        if (rest.Contains('%'))
            rest = Uri.UnescapeDataString(rest);
        return HasPhrase(rest);
    }

    static bool HasPhrase(ReadOnlySpan<char> text)
    {
        Range? previous = null;
        for (var at = 0; at < text.Length; )
        {
            if (!char.IsLetter(text[at]))
            {
                at++;
                continue;
            }
            var end = at + 1;
            while (end < text.Length && char.IsLetter(text[end]))
                end++;
            // The whole run first ("signIn", "SIGNIN"), then its camel parts ("resetPassword").
            if (Known.Contains(text[at..end]) || HasCamelPhrase(text[at..end]))
                return true;
            if (previous is { } before && Pairs.Contains($"{text[before]} {text[at..end]}"))
                return true;
            previous = at..end;
            at = end;
        }
        return false;
    }

    static bool HasCamelPhrase(ReadOnlySpan<char> word)
    {
        var start = 0;
        for (var at = 1; at <= word.Length; at++)
        {
            if (at < word.Length && !(char.IsUpper(word[at]) && char.IsLower(word[at - 1])))
                continue;
            if ((start > 0 || at < word.Length) && Known.Contains(word[start..at]))
                return true;
            start = at;
        }
        return false;
    }
}
