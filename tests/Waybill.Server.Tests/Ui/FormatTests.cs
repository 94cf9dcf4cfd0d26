using System.Globalization;
using Microsoft.Extensions.Localization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Waybill.Server.Ui;

namespace Waybill.Server.Tests.Ui;

public sealed class FormatTests
{
    static readonly IStringLocalizer English = new StringLocalizer<Words>(
        new ResourceManagerStringLocalizerFactory(Options.Create(new LocalizationOptions()), NullLoggerFactory.Instance)
    );

    static readonly TimeZoneInfo Warsaw = TimeZoneInfo.FindSystemTimeZoneById("Europe/Warsaw");

    /// <summary>Now is Monday 12 October 2026, 00:30 in Warsaw, which is still Sunday in UTC.</summary>
    [Theory]
    [InlineData("2026-10-11T22:10", TimeShape.Brief, "00:10")]
    [InlineData("2026-10-11T21:50", TimeShape.Brief, "11 Oct")]
    [InlineData("2025-12-31T23:10", TimeShape.Brief, "1 Jan")]
    [InlineData("2025-12-31T22:50", TimeShape.Brief, "31 Dec 2025")]
    [InlineData("2026-10-11T22:10", TimeShape.Full, "Today, 00:10")]
    [InlineData("2026-10-11T21:50", TimeShape.Full, "Yesterday, 23:50")]
    [InlineData("2026-10-09T14:20", TimeShape.Full, "9 Oct, 16:20")]
    [InlineData("2025-10-09T14:20", TimeShape.Full, "9 Oct 2025")]
    [InlineData("2025-10-09T14:20", TimeShape.Clock, "16:20")]
    [InlineData("2026-10-11T22:10", TimeShape.Day, "Today")]
    [InlineData("2026-10-11T21:50", TimeShape.Day, "Yesterday")]
    [InlineData("2026-10-09T14:20", TimeShape.Day, "9 October")]
    [InlineData("2025-10-09T14:20", TimeShape.Day, "9 October 2025")]
    public void Times_are_told_in_the_viewers_zone_and_days(string utc, TimeShape shape, string told) =>
        Assert.Equal(told, InEnglish(() => Times.Text(shape, Utc(utc), Utc("2026-10-11T22:30"), Warsaw, English)));

    [Theory]
    [InlineData("2026-10-12T12:00", "Monday, 12 October 2026, 14:00:00 (+02:00)")]
    [InlineData("2026-12-12T12:00", "Saturday, 12 December 2026, 13:00:00 (+01:00)")]
    public void The_exact_time_has_its_offset(string utc, string told) =>
        Assert.Equal(told, InEnglish(() => Times.Exact(Utc(utc), Warsaw)));

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(-5, "0 B")]
    [InlineData(999, "999 B")]
    [InlineData(1_000, "1 KB")]
    [InlineData(1_149, "1.1 KB")]
    [InlineData(240_000, "240 KB")]
    [InlineData(999_700, "1 MB")]
    [InlineData(1_100_000, "1.1 MB")]
    [InlineData(9_960_000, "10 MB")]
    [InlineData(157_286_400, "157 MB")]
    [InlineData(long.MaxValue, "9223372 TB")]
    public void Sizes_are_told_in_the_unit_people_use(long bytes, string told) =>
        Assert.Equal(told, InEnglish(() => Sizes.Text(bytes)));

    [Theory]
    [InlineData("Maria Nowak", "MN")]
    [InlineData("maria anna nowak", "MN")]
    [InlineData("Łukasz Żak", "ŁŻ")]
    [InlineData("Contoso", "C")]
    [InlineData("lead@contoso.test", "L")]
    [InlineData("Maria Nowak maria@contoso.test", "M")]
    [InlineData("\"Nowak, Maria\"", "NM")]
    [InlineData("👩‍🚀 Crew", "👩‍🚀C")]
    [InlineData("", "?")]
    [InlineData("   ", "?")]
    public void Initials_come_from_the_first_and_the_last_word(string name, string initials) =>
        Assert.Equal(initials, Initials.Of(name));

    [Fact]
    public void A_name_keeps_its_colour_and_names_share_all_six()
    {
        var palettes = Enumerable.Range(0, 200).Select(i => Initials.Palette($"Person {i}")).Distinct();

        Assert.Equal(["c1", "c2", "c3", "c4", "c5", "c6"], palettes.Order());
        Assert.Equal("c5", Initials.Palette("Anna Kowalska"));
    }

    static DateTime Utc(string text) =>
        DateTime.SpecifyKind(DateTime.Parse(text, CultureInfo.InvariantCulture), DateTimeKind.Utc);

    static string InEnglish(Func<string> tell)
    {
        var before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("en");
        try
        {
            return tell();
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}
