using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Waybill.Server.Tests;

/// <summary>The glossary promises that the code uses its words.</summary>
public sealed partial class GlossaryTests
{
    [Fact]
    public void Each_term_has_one_line_and_a_name_that_the_code_knows()
    {
        var root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, "../.."));
        var lines = Line().Matches(File.ReadAllText(Path.Combine(root, "docs/glossary.md")));
        var code = string.Join(
            '\n',
            Directory
                .EnumerateFiles(Path.Combine(root, "src"), "*.*", SearchOption.AllDirectories)
                .Where(f =>
                    Path.GetExtension(f) is ".cs" or ".razor" && !f.Contains("Migrations", StringComparison.Ordinal)
                )
                .Select(File.ReadAllText)
        );
        var words = Word().Matches(code).Select(w => w.Value).ToHashSet(StringComparer.Ordinal);

        Assert.True(lines.Count > 40);
        Assert.Equal(lines.Count, lines.Select(l => l.Groups["term"].Value).Distinct().Count());
        Assert.DoesNotContain(lines.Select(l => l.Groups["name"].Value), n => !words.Contains(n));
    }

    static string Here([CallerFilePath] string here = "") => here;

    [GeneratedRegex(@"^\| (?<term>[A-Z][^|]+) \| [^|]{10,} \| `(?<name>\w+)` \|$", RegexOptions.Multiline)]
    private static partial Regex Line();

    [GeneratedRegex(@"\w+")]
    private static partial Regex Word();
}
