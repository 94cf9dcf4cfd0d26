using Microsoft.EntityFrameworkCore;
using Waybill.Server.Identity;
using Waybill.Server.Kernel;
using Waybill.Server.Storage;
using Waybill.Server.Ui;

namespace Waybill.Server.Settings;

/// <summary>What the page "Me" posts.</summary>
public sealed class MySettings
{
    const int LongestName = 120;
    const int MostAliases = 20;

    public string? Name { get; set; }
    public string? TimeZone { get; set; }
    public string? Language { get; set; }

    /// <summary>"on", "off", or empty for the product's default.</summary>
    public string? Track { get; set; }

    public string? Log { get; set; }

    /// <summary>One address a line.</summary>
    public string? Aliases { get; set; }

    public static MySettings Of(User user) =>
        new()
        {
            Name = user.Name,
            TimeZone = user.TimeZone,
            Language = user.Language,
            Track = Word(user.TracksByDefault),
            Log = Word(user.LogsByDefault),
            Aliases = string.Join('\n', user.Aliases),
        };

    /// <summary>Field name to what is wrong with it, in English; empty when saved.</summary>
    public async Task<Dictionary<string, string>> SaveAsync(AppDb db, long userId, CancellationToken stop = default)
    {
        var wrong = new Dictionary<string, string>();
        var user = await db.Users.FirstAsync(u => u.Id == userId, stop);
        var name = Name?.Trim() ?? "";
        if (name.Length is 0 or > LongestName)
            wrong[nameof(Name)] = "Give a name of 1 to 120 characters.";
        if (TimeZone is null || !TimeZoneInfo.TryFindSystemTimeZoneById(TimeZone, out _))
            wrong[nameof(TimeZone)] = "Choose a time zone from the list.";
        if (!Words.Languages.Contains(Language))
            wrong[nameof(Language)] = "Choose a language from the list.";
        var aliases = await ReadAliasesAsync(db, user, wrong, stop);
        if (wrong.Count > 0)
            return wrong;
        user.Name = name;
        user.TimeZone = TimeZone!;
        user.Language = Language!;
        user.TracksByDefault = Choice(Track);
        user.LogsByDefault = Choice(Log);
        user.Aliases = aliases;
        await db.SaveChangesAsync(stop);
        return wrong;
    }

    async Task<List<string>> ReadAliasesAsync(
        AppDb db,
        User user,
        Dictionary<string, string> wrong,
        CancellationToken stop
    )
    {
        var aliases = new List<string>();
        var lines = (Aliases ?? "").Split(
            ['\n', ',', ';', ' '],
            StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries
        );
        if (lines.Length > MostAliases)
        {
            wrong[nameof(Aliases)] = "Give at most 20 addresses.";
            return aliases;
        }
        foreach (var line in lines)
        {
            if (!EmailAddress.TryParse(line, out var address))
                wrong[nameof(Aliases)] = "One of these is not an email address.";
            else if (await FindUser.BySendingAddressAsync(db, address, stop) is { } owner && owner.Id != user.Id)
                wrong[nameof(Aliases)] = "One of these belongs to another user.";
            else if (address.Text != user.Email && !aliases.Contains(address.Text))
                aliases.Add(address.Text);
        }
        return aliases;
    }

    static string Word(bool? choice) =>
        choice switch
        {
            true => "on",
            false => "off",
            null => "",
        };

    static bool? Choice(string? word) =>
        word switch
        {
            "on" => true,
            "off" => false,
            _ => null,
        };
}
