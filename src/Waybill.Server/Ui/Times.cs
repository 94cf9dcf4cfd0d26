using System.Globalization;
using Microsoft.Extensions.Localization;

namespace Waybill.Server.Ui;

public enum TimeShape
{
    /// <summary>For columns: 14:02 today, 9 Oct, 9 Oct 2025.</summary>
    Brief,

    /// <summary>For records: Today, 14:02; Yesterday, 16:08; 9 Oct, 16:20; 9 Oct 2025.</summary>
    Full,

    /// <summary>Where the day stands above: 14:02.</summary>
    Clock,

    /// <summary>For headings: Today, Yesterday, 9 October, 9 October 2025.</summary>
    Day,
}

/// <summary>UTC in, the viewer's words out. Day before month and a 24-hour clock in every language we speak.</summary>
public static class Times
{
    public static string Text(TimeShape shape, DateTime utc, DateTime nowUtc, TimeZoneInfo zone, IStringLocalizer words)
    {
        var at = Local(utc, zone);
        var now = Local(nowUtc, zone);
        var daysAgo = (now.Date - at.Date).Days;
        var sameYear = at.Year == now.Year;
        return shape switch
        {
            TimeShape.Clock => Clock(at),
            TimeShape.Brief when daysAgo == 0 => Clock(at),
            TimeShape.Brief => Date(at, sameYear ? "d MMM" : "d MMM yyyy"),
            TimeShape.Full when daysAgo == 0 => words["Today, {0}", Clock(at)],
            TimeShape.Full when daysAgo == 1 => words["Yesterday, {0}", Clock(at)],
            TimeShape.Full => sameYear ? $"{Date(at, "d MMM")}, {Clock(at)}" : Date(at, "d MMM yyyy"),
            _ when daysAgo == 0 => words["Today"],
            _ when daysAgo == 1 => words["Yesterday"],
            _ => Date(at, sameYear ? "d MMMM" : "d MMMM yyyy"),
        };
    }

    /// <summary>To the second, with the zone's offset: what a title shows.</summary>
    public static string Exact(DateTime utc, TimeZoneInfo zone)
    {
        var at = TimeZoneInfo.ConvertTime(new DateTimeOffset(DateTime.SpecifyKind(utc, DateTimeKind.Utc)), zone);
        return at.ToString("dddd, d MMMM yyyy, HH:mm:ss (zzz)", CultureInfo.CurrentCulture);
    }

    public static DateTime Local(DateTime utc, TimeZoneInfo zone) =>
        TimeZoneInfo.ConvertTimeFromUtc(DateTime.SpecifyKind(utc, DateTimeKind.Utc), zone);

    static string Clock(DateTime at) => at.ToString("HH:mm", CultureInfo.InvariantCulture);

    static string Date(DateTime at, string format) => at.ToString(format, CultureInfo.CurrentCulture);
}
