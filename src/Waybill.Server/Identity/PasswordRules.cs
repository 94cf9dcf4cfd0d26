using Microsoft.AspNetCore.Identity;

namespace Waybill.Server.Identity;

public enum PasswordVerdict
{
    Good,
    TooShort,
    TooLong,

    /// <summary>Or one of the most used with digits around it, which is what guessing programs try first.</summary>
    TooCommon,

    /// <summary>Few different characters, or they follow each other as on the keyboard.</summary>
    TooRegular,

    /// <summary>The user's name, a part of their address, or ours.</summary>
    NamesTheUser,
}

/// <summary>
/// What a password must be: long and not guessable; what it is composed of is nobody's business (NIST SP 800-63B-4 3.1.1.2, OWASP ASVS 5.0
/// 6.2). Twelve, between ASVS's least (8) and what NIST asks of a password alone (15): tries are counted and slowed down, the usual
/// ones are refused, and a second factor is offered.
/// </summary>
public static class PasswordRules
{
    public const int MinLength = 12;
    public const int MaxLength = 256;

    /// <summary>Shorter names are found in too many honest words.</summary>
    const int ShortestName = 4;

    const int FewestDifferent = 5;

    static readonly Lazy<HashSet<string>> Common = new(ReadCommon);
    static readonly string[] Rows = ["qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890", "qwertzuiop", "azertyuiop"];

    public static PasswordVerdict Judge(string password, string name, string email)
    {
        if (password.Length < MinLength)
            return PasswordVerdict.TooShort;
        if (password.Length > MaxLength)
            return PasswordVerdict.TooLong;
        var small = password.ToLowerInvariant();
        if (Parts(name, email).Any(part => small.Contains(part, StringComparison.Ordinal)))
            return PasswordVerdict.NamesTheUser;
        if (IsCommon(small))
            return PasswordVerdict.TooCommon;
        return small.Distinct().Count() < FewestDifferent || Runs(small) <= small.Length / 4
            ? PasswordVerdict.TooRegular
            : PasswordVerdict.Good;
    }

    public static string Words(PasswordVerdict verdict) =>
        verdict switch
        {
            PasswordVerdict.TooShort => "Use 12 characters or more; a few words in a row are easy to remember.",
            PasswordVerdict.TooLong => "Use at most 256 characters.",
            PasswordVerdict.TooCommon => "Many people use this password, so it is tried first. Choose another.",
            PasswordVerdict.TooRegular => "These characters repeat or follow each other. Choose another.",
            PasswordVerdict.NamesTheUser => "Leave out your name, your address and “Waybill”.",
            _ => "",
        };

    static IEnumerable<string> Parts(string name, string email) =>
        $"{name} {email[..Math.Max(email.LastIndexOf('.'), 0)]} waybill"
            .ToLowerInvariant()
            .Split([' ', '.', '@', '-', '_', '+', '\''], StringSplitOptions.RemoveEmptyEntries)
            .Where(part => part.Length >= ShortestName);

    /// <summary>As typed, and without the digits and signs around it.</summary>
    static bool IsCommon(string small)
    {
        var core = Core(small);
        string[] forms = [small, core, Plain(core), Core(Plain(small))];
        return forms.Any(form => Common.Value.Contains(form) || Common.Value.Contains(Unit(form)));
    }

    static string Core(string text) => text.Trim([.. "0123456789 !\"#$%&'()*+,-./:;<=>?@[]^_`{|}~"]);

    /// <summary>Letters in place of the digits and signs that stand for them: p4$$w0rd.</summary>
    static string Plain(string small) =>
        string.Concat(
            small.Select(c =>
                c switch
                {
                    '0' => 'o',
                    '1' or '!' => 'i',
                    '3' => 'e',
                    '4' or '@' => 'a',
                    '5' or '$' => 's',
                    '7' => 't',
                    _ => c,
                }
            )
        );

    /// <summary>What is repeated, if the whole is a repetition: dragondragon.</summary>
    static string Unit(string text)
    {
        for (var length = 1; length <= text.Length / 2; length++)
            if (text.Length % length == 0 && text[length..] == text[..^length])
                return text[..length];
        return text;
    }

    /// <summary>How many stretches of neighbours it consists of: abcd1111qwer has 3.</summary>
    static int Runs(string small)
    {
        var runs = 1;
        for (var i = 1; i < small.Length; i++)
            if (Math.Abs(small[i] - small[i - 1]) > 1 && !Rows.Any(row => Neighbours(row, small[i - 1], small[i])))
                runs++;
        return runs;
    }

    static bool Neighbours(string row, char one, char other) =>
        row.IndexOf(one) is var a and >= 0 && row.IndexOf(other) is var b and >= 0 && Math.Abs(a - b) == 1;

    static HashSet<string> ReadCommon()
    {
        using var stream = typeof(PasswordRules).Assembly.GetManifestResourceStream("common-passwords.txt")!;
        using var reader = new StreamReader(stream);
        return
        [
            .. reader
                .ReadToEnd()
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Where(l => !l.StartsWith("# ", StringComparison.Ordinal)),
        ];
    }
}

/// <summary>Wherever a password is set through <see cref="UserManager{TUser}"/>, these are the rules.</summary>
public sealed class PasswordValidator : IPasswordValidator<User>
{
    public Task<IdentityResult> ValidateAsync(UserManager<User> manager, User user, string? password)
    {
        ArgumentNullException.ThrowIfNull(user);
        var verdict = PasswordRules.Judge(password ?? "", user.Name, user.Email ?? "");
        return Task.FromResult(
            verdict == PasswordVerdict.Good
                ? IdentityResult.Success
                : IdentityResult.Failed(
                    new IdentityError { Code = verdict.ToString(), Description = PasswordRules.Words(verdict) }
                )
        );
    }
}
