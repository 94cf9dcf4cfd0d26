using System.Globalization;

namespace Waybill.Server.Ui;

public static class Sizes
{
    static readonly string[] Units = ["B", "KB", "MB", "GB", "TB"];

    /// <summary>240 KB, 1.1 MB: powers of 1,000, as mail clients and systems show them now; one decimal below 10.</summary>
    public static string Text(long bytes)
    {
        var value = (decimal)Math.Max(0, bytes);
        var unit = 0;
        while (Math.Round(value) >= 1000 && unit < Units.Length - 1)
        {
            value /= 1000;
            unit++;
        }
        var format = unit > 0 && value < 9.95m ? "0.#" : "0";
        return $"{value.ToString(format, CultureInfo.CurrentCulture)} {Units[unit]}";
    }
}
