using Waybill.Server.Ui;

namespace Waybill.Server.Identity;

/// <summary>What the pages that invite and change a user post.</summary>
public sealed class UserForm
{
    public const string SuperAdmin = "super-admin";
    public const string Sales = "sales";
    const int LongestName = 120;

    public string? Name { get; set; }
    public string? Email { get; set; }
    public string? Role { get; set; }
    public string? Seat { get; set; } = Sales;
    public bool ViewOnly { get; set; }

    /// <summary>One address a line.</summary>
    public string? Aliases { get; set; }

    public string? TimeZone { get; set; }
    public string? Language { get; set; }

    public static UserForm Of(User user)
    {
        ArgumentNullException.ThrowIfNull(user);
        return new()
        {
            Name = user.Name,
            Email = user.Email,
            Role = user.Role == Identity.Role.SuperAdmin ? SuperAdmin : "user",
            Seat = user.Seat == Identity.Seat.Sales ? Sales : "free",
            ViewOnly = user.ViewOnly,
            Aliases = string.Join('\n', user.Aliases),
            TimeZone = user.TimeZone,
            Language = user.Language,
        };
    }

    public static string? WrongName(string? name) =>
        (name?.Trim() ?? "").Length is 0 or > LongestName ? "Give a name of 1 to 120 characters." : null;

    public static string? WrongZone(string? zone) =>
        zone is not null && zone.Length < 100 && TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _)
            ? null
            : "Choose a time zone from the list.";

    public static string? WrongLanguage(string? language) =>
        Words.Languages.Contains(language) ? null : "Choose a language from the list.";

    /// <summary>Field name to what is wrong with it, in English. Addresses are looked at where the database is.</summary>
    public Dictionary<string, string> Check()
    {
        var wrong = new Dictionary<string, string>();
        Note(nameof(Name), WrongName(Name));
        Note(nameof(TimeZone), WrongZone(TimeZone));
        Note(nameof(Language), WrongLanguage(Language));
        return wrong;

        void Note(string field, string? what)
        {
            if (what is not null)
                wrong[field] = what;
        }
    }

    /// <summary>Everything but the addresses.</summary>
    public void Apply(User user)
    {
        ArgumentNullException.ThrowIfNull(user);
        user.Name = Name!.Trim();
        user.Role = Role == SuperAdmin ? Identity.Role.SuperAdmin : Identity.Role.User;
        user.Seat = Seat == Sales ? Identity.Seat.Sales : Identity.Seat.Free;
        user.ViewOnly = ViewOnly;
        user.TimeZone = TimeZone!;
        user.Language = Language!;
    }
}
