using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Waybill.Server.Tests;

/// <summary>Imports go one way, in the order of docs/architecture.md. Need to call upwards? Publish a hint or leave a timeline entry.</summary>
public sealed partial class LayoutTests
{
    /// <summary>Each folder with what it may import. Web is last: it may name any page, nothing imports it.</summary>
    static readonly Dictionary<string, string[]> MayImport = new()
    {
        ["Kernel"] = [],
        ["Ui"] = ["Kernel"],
        ["Storage"] = ["Kernel"],
        ["Keys"] = ["Kernel", "Storage"],
        ["Spool"] = ["Kernel"],
        ["Backup"] = ["Kernel", "Storage"],
        ["Timeline"] = ["Kernel", "Storage"],
        ["Notices"] = ["Kernel", "Ui", "Storage"],
        ["Identity"] = ["Kernel", "Ui", "Storage", "Keys", "Notices"],
        ["Settings"] = ["Kernel", "Ui", "Storage", "Notices", "Identity"],
        ["Crm"] = ["Kernel", "Ui", "Storage", "Identity", "Timeline", "Settings"],
        ["Tracking"] = ["Kernel", "Ui", "Storage", "Keys", "Identity", "Timeline", "Settings", "Crm", "Spool"],
        ["Logging"] = ["Kernel", "Ui", "Storage", "Identity", "Timeline", "Settings", "Crm", "Spool", "Tracking"],
        ["Search"] = ["Kernel", "Ui", "Storage", "Identity", "Timeline", "Settings", "Crm", "Tracking", "Logging"],
        ["Compose"] = ["Kernel", "Ui", "Storage", "Identity", "Timeline", "Settings", "Crm", "Tracking", "Logging"],
        // The feed shows tracked mail; docs/decisions says why it reads Tracking itself.
        ["Feed"] = ["Kernel", "Ui", "Storage", "Identity", "Timeline", "Settings", "Crm", "Tracking"],
        ["Operations"] = ["Kernel", "Storage"],
    };

    static readonly string[] Everything = ["Demo", "Web"];

    public static TheoryData<string> Folders => [.. MayImport.Keys];

    [Theory]
    [MemberData(nameof(Folders))]
    public void A_folder_imports_only_what_stands_below_it(string folder)
    {
        var all = MayImport.Keys.Concat(Everything).ToHashSet();
        var offences =
            from file in Sources(folder)
            from Match import in Import().Matches(File.ReadAllText(file))
            let imported = import.Groups["folder"].Value
            where imported != folder && all.Contains(imported) && !MayImport[folder].Contains(imported)
            select $"{Path.GetFileName(file)} names {imported}";

        Assert.Empty(offences.Distinct());
    }

    [Fact]
    public void Every_folder_of_the_server_stands_in_the_order()
    {
        var known = MayImport.Keys.Concat(Everything).Concat(["wwwroot", "Properties"]).ToHashSet();
        var folders = Directory.GetDirectories(ServerFolder()).Select(d => Path.GetFileName(d)!);

        Assert.DoesNotContain(folders, f => !known.Contains(f) && Sources(f).Any());
    }

    /// <summary>
    /// Parts of a page load at the same time and share its scope, and a database context serves one at a time. SQLite hides it, since it
    /// answers before it is awaited. A part takes a scope or a context of its own.
    /// </summary>
    [Fact]
    public void A_part_of_a_page_shares_no_database_context_with_the_others() =>
        Assert.DoesNotContain(
            Directory.EnumerateFiles(ServerFolder(), "*.razor", SearchOption.AllDirectories),
            file =>
                File.ReadAllText(file) is var part
                && !part.Contains("@page ", StringComparison.Ordinal)
                && SharesContext().IsMatch(part)
        );

    [GeneratedRegex(@"^@inject (AppDb|UserManager<|SignInManager<|IOpenIddict)", RegexOptions.Multiline)]
    private static partial Regex SharesContext();

    static IEnumerable<string> Sources(string folder)
    {
        var path = Path.Combine(ServerFolder(), folder);
        return Directory.Exists(path)
            ? Directory
                .EnumerateFiles(path, "*", SearchOption.AllDirectories)
                .Where(f =>
                    f.EndsWith(".cs", StringComparison.Ordinal) || f.EndsWith(".razor", StringComparison.Ordinal)
                )
                .Where(f => !f.Contains("/Migrations/", StringComparison.Ordinal))
            : [];
    }

    static string ServerFolder([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../src/Waybill.Server"));

    /// <summary>A using, or a name written out: <c>Crm.Record</c>, <c>Waybill.Server.Crm.Record</c>.</summary>
    [GeneratedRegex(
        @"(?:Waybill\.Server\.|(?<![\w.""/])(?=[A-Z]\w*\.[A-Z]))(?<folder>Kernel|Ui|Storage|Keys|Spool|Backup|Notices|Timeline|Identity|Settings|Crm|Tracking|Logging|Search|Compose|Feed|Operations|Demo|Web)\b(?!\()"
    )]
    private static partial Regex Import();
}
