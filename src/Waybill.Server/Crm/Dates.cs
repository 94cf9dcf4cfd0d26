using System.Globalization;

namespace Waybill.Server.Crm;

/// <summary>Date properties: stored as yyyy-MM-dd, or as the instant an API client wrote; a day in any case, without a zone.</summary>
public static class Dates
{
    public static DateOnly? Read(string? stored) =>
        DateOnly.TryParseExact(stored?.Split('T')[0], "yyyy-MM-dd", CultureInfo.InvariantCulture, 0, out var day)
            ? day
            : null;

    public static string Show(string? stored) =>
        Read(stored) is { } day ? day.ToString("d MMM yyyy", CultureInfo.CurrentCulture) : stored ?? "";
}
