namespace Waybill.Server.Timeline;

/// <summary>First is the month's first day as the viewer's calendar has it.</summary>
public sealed record TimelineMonth(DateOnly First, IReadOnlyList<TimelineEntry> Entries);

public static class TimelineMonths
{
    /// <summary>Entries that come newest first, under the months of the viewer's zone: a mail of 31 July 23:30 UTC is an August mail in Warsaw.</summary>
    public static IReadOnlyList<TimelineMonth> Of(IEnumerable<TimelineEntry> newestFirst, TimeZoneInfo zone) =>
        [
            .. newestFirst
                .GroupBy(entry =>
                {
                    var local = TimeZoneInfo.ConvertTimeFromUtc(entry.At, zone);
                    return new DateOnly(local.Year, local.Month, 1);
                })
                .Select(month => new TimelineMonth(month.Key, [.. month])),
        ];
}
