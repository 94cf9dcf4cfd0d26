using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Waybill.Server.Tests;

/// <summary>docs/requirements.md names what proves each requirement; a renamed or deleted test makes it a lie, and this says so.</summary>
public sealed partial class RequirementsTests
{
    /// <summary>How many there are from S-001 to S-110; the numbers have gaps.</summary>
    const int Count = 73;

    [Fact]
    public void Each_requirement_stands_there_once_and_in_order()
    {
        var numbers = Requirements().Select(r => r.Number).ToArray();

        Assert.Equal(Count, numbers.Length);
        Assert.Equal(numbers.Distinct().Order(StringComparer.Ordinal), numbers);
        Assert.All(Requirements(), r => Assert.True(r.Text.Length > 10, $"{r.Number} has no text"));
    }

    [Fact]
    public void Each_requirement_has_a_proof_or_says_what_is_missing() =>
        Assert.All(
            Requirements(),
            r => Assert.True(r.Proofs.Length > 0 || r.Open.Length > 0, $"{r.Number} has neither proof nor 'Open:'")
        );

    [Fact]
    public void Each_proof_is_a_test_that_exists()
    {
        var tests = DotNetTests().Concat(ClientTests()).Concat(ProofSteps()).ToHashSet(StringComparer.Ordinal);
        var gone =
            from requirement in Requirements()
            from proof in requirement.Proofs
            where !tests.Contains(proof)
            select $"{requirement.Number}: {proof}";

        Assert.Empty(gone);
    }

    sealed record Requirement(string Number, string Text, string[] Proofs, string Open);

    static Requirement[] Requirements()
    {
        var page = File.ReadAllText(Path.Combine(Repository(), "docs/requirements.md"));
        return
        [
            .. Entry()
                .Matches(page)
                .Select(m => new Requirement(
                    m.Groups["number"].Value,
                    m.Groups["text"].Value,
                    [.. Quoted().Matches(m.Groups["proofs"].Value).Select(q => q.Groups["name"].Value)],
                    m.Groups["open"].Value
                )),
        ];
    }

    static IEnumerable<string> DotNetTests() =>
        from file in Files("tests", "*.cs")
        let type = Path.GetFileNameWithoutExtension(file)
        from Match test in Method().Matches(File.ReadAllText(file))
        select $"{type}.{test.Groups["name"].Value}";

    static IEnumerable<string> ClientTests() =>
        from file in Files("clients", "*.test.ts")
        from Match test in ClientTest().Matches(File.ReadAllText(file))
        select $"{Path.GetFileName(file)}: {test.Groups["name"].Value}";

    static IEnumerable<string> ProofSteps() =>
        from Match step in ProofStep().Matches(File.ReadAllText(Path.Combine(Repository(), "clients/test/proof.ts")))
        select $"proof.ts: {step.Groups["name"].Value}";

    static IEnumerable<string> Files(string folder, string pattern) =>
        Directory
            .EnumerateFiles(Path.Combine(Repository(), folder), pattern, SearchOption.AllDirectories)
            .Where(f => !f.Contains("node_modules", StringComparison.Ordinal));

    static string Repository([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../.."));

    [GeneratedRegex(
        @"^\*\*(?<number>S-\d{3})\*\* (?<text>[^\n]+)\n(Proved by (?<proofs>[^\n]+)\n)?(Open: (?<open>[^\n]+)\n)?",
        RegexOptions.Multiline
    )]
    private static partial Regex Entry();

    [GeneratedRegex("`(?<name>[^`]+)`")]
    private static partial Regex Quoted();

    [GeneratedRegex(
        @"\[(Fact|Theory)\b[^\n]*\]\s+(\[(?s:.*?)\]\s+)*?public (static )?(async )?(Task|ValueTask|void) (?<name>\w+)\("
    )]
    private static partial Regex Method();

    [GeneratedRegex(@"^\s*(it|test)(\.each\([^\n]*?\))?\('(?<name>[^']+)'", RegexOptions.Multiline)]
    private static partial Regex ClientTest();

    [GeneratedRegex(@"^\s*\['(?<name>[^']+)', \(\) =>", RegexOptions.Multiline)]
    private static partial Regex ProofStep();
}
