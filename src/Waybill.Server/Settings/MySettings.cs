using Microsoft.EntityFrameworkCore;
using Waybill.Server.Identity;
using Waybill.Server.Storage;
using Waybill.Server.Ui;

namespace Waybill.Server.Settings;

/// <summary>What the page "Me" posts.</summary>
public sealed class MySettings
{
    const int LongestName = 120;

    public string? Name { get; set; }
    public string? TimeZone { get; set; }
    public string? Language { get; set; }

    /// <summary>"on", "off", or empty for the product's default.</summary>
    public string? Track { get; set; }

    public string? Log { get; set; }

    public static MySettings Of(User user) =>
        new()
        {
            Name = user.Name,
            TimeZone = user.TimeZone,
            Language = user.Language,
            Track = Word(user.TracksByDefault),
            Log = Word(user.LogsByDefault),
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
        if (wrong.Count > 0)
            return wrong;
        user.Name = name;
        user.TimeZone = TimeZone!;
        user.Language = Language!;
        user.TracksByDefault = Choice(Track);
        user.LogsByDefault = Choice(Log);
        await db.SaveChangesAsync(stop);
        return wrong;
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
