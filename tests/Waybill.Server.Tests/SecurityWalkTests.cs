using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Waybill.Server.Tests;

/// <summary>docs/security.md walks the whole of OWASP ASVS 5.0.0 levels 1 and 2, and the places it names are there.</summary>
public sealed partial class SecurityWalkTests
{
    /// <summary>How many requirements of levels 1 and 2 each chapter of ASVS 5.0.0 has.</summary>
    static readonly int[] PerChapter = [27, 11, 19, 10, 9, 35, 18, 7, 7, 29, 14, 9, 13, 9, 13, 16, 7];

    [Fact]
    public void Every_requirement_stands_there_once_with_a_state_and_a_place()
    {
        var lines = Line().Matches(Page());
        var numbers = lines.SelectMany(Numbers).ToArray();

        Assert.Equal(253, PerChapter.Sum());
        Assert.Equal(numbers.Length, numbers.Distinct().Count());
        Assert.Equal(PerChapter, numbers.CountBy(n => n.Chapter).OrderBy(c => c.Key).Select(c => c.Value));
        Assert.All(lines, l => Assert.NotEqual("", l.Groups["where"].Value.Trim()));
    }

    [Fact]
    public void Every_place_it_names_exists() =>
        Assert.DoesNotContain(
            Place().Matches(Page()).Select(p => p.Groups["path"].Value),
            path => !Path.Exists(Path.Combine(Repository(), path))
        );

    static IEnumerable<(int Chapter, int Section, int Number)> Numbers(Match line)
    {
        var first = Of("first");
        var last = line.Groups["last"].Success ? Of("last") : first;
        return Enumerable.Range(first, last - first + 1).Select(n => (Of("chapter"), Of("section"), n));

        int Of(string group) => int.Parse(line.Groups[group].Value, CultureInfo.InvariantCulture);
    }

    static string Page() => File.ReadAllText(Path.Combine(Repository(), "docs/security.md"));

    static string Repository([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../.."));

    [GeneratedRegex(
        @"^\| V(?<chapter>\d+)\.(?<section>\d+)\.(?<first>\d+)(-(?<last>\d+))? \| [^|]+ \| (met|n/a|to do) \|(?<where>[^|]*)\|$",
        RegexOptions.Multiline
    )]
    private static partial Regex Line();

    [GeneratedRegex(@"`(?<path>(src|docs|tests|deploy|build|clients|benchmarks)/[\w./-]+|SECURITY\.md)`")]
    private static partial Regex Place();
}
