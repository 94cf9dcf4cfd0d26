using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Microsoft.Extensions.Localization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Waybill.Server.Crm;
using Waybill.Server.Identity;
using Waybill.Server.Logging;
using Waybill.Server.Tracking;
using Waybill.Server.Ui;

namespace Waybill.Server.Tests.Ui;

/// <summary>Everything the pages say in English they also say in Polish, and the file holds nothing that is not said any more.</summary>
public sealed partial class WordsTests
{
    static readonly IStringLocalizer T = new StringLocalizer<Words>(
        new ResourceManagerStringLocalizerFactory(Options.Create(new LocalizationOptions()), NullLoggerFactory.Instance)
    );

    /// <summary>
    /// Files that say what stands in a variable, <c>T[sentence]</c>. The sentences are listed in <see cref="SaidFromTables"/> or are
    /// literals of a file in <see cref="FilesOfSentences"/>.
    /// </summary>
    static readonly string[] SayVariables =
    [
        "Crm/RecordRelated.razor",
        "Crm/RecordBody.razor",
        "Crm/RecordBody.razor.cs",
        "Crm/RecordAbout.razor",
        "Crm/RelatedLine.cs",
        "Crm/PropertyRow.razor",
        "Crm/RecordList.razor",
        "Crm/RecordNew.razor",
        "Settings/MePage.razor",
        "Settings/WelcomePage.razor",
        "Settings/InvitationPage.razor",
        "Settings/InviteUserPage.razor",
        "Settings/UserPage.razor",
        "Settings/PrivacyPage.razor",
        "Settings/SecurityPassword.razor",
        "Ui/SettingsNav.razor",
        "Ui/Counted.cs",
        "Logging/NotLoggedPage.razor",
        "Logging/MailHitsTable.razor",
        "Feed/VerdictWords.cs",
        "Search/SearchPage.razor",
        "Search/SearchSuggestions.razor",
        "Logging/MailPage.razor",
        "Web/MainLayout.razor",
        "Tracking/NotTracked.cs",
    ];

    /// <summary>Files whose every literal that reads like a sentence or a name is said through a variable somewhere.</summary>
    static readonly string[] FilesOfSentences =
    [
        "Settings/MySettings.cs",
        "Identity/UserAddresses.cs",
        "Identity/UserForm.cs",
        "Identity/ChangeUser.cs",
        "Identity/AcceptInvitation.cs",
        "Settings/PrivacyForm.cs",
        "Crm/EditWords.cs",
        "Compose/Refusal.cs",
        "Crm/RecordList.razor",
        "Crm/RecordBody.razor.cs",
    ];

    static IEnumerable<string> SaidFromTables() =>
        [
            .. RecordPaths.All.SelectMany(p =>
                new[]
                {
                    p.Words.Many,
                    p.Words.One,
                    p.Words.Create,
                    p.Words.Search,
                    p.Words.EmptyTitle,
                    p.Words.EmptyText,
                    p.Words.NoteHint,
                }
            ),
            .. from type in RecordPaths.All
            from property in PropertyCatalog.Of(type.Type)
            from label in property.Choices.Select(c => c.Label).Append(property.Label)
            where label.Any(char.IsLower) // not currency codes
            select label,
            .. Enum.GetValues<EditOutcome>().Select(EditWords.Of),
            .. Enum.GetValues<WhyNotLogged>().Select(NotLoggedWords.Sentence),
            .. from rule in Rules.All.Append(Rules.UnknownClient)
            from kind in Enum.GetValues<HitKind>()
            select rule.Sentence(kind),
            .. Enum.GetNames<SettingsSection>(),
            .. Enum.GetValues<PasswordVerdict>().Where(v => v != PasswordVerdict.Good).Select(PasswordRules.Words),
            .. SettingsNames(),
        ];

    static IEnumerable<string> SettingsNames() =>
        Sources()
            .SelectMany(file => SettingsName().Matches(File.ReadAllText(file)))
            .Select(found => found.Groups["name"].Value);

    [Fact]
    public void Every_word_of_the_pages_is_in_the_Polish_file_and_no_other()
    {
        var (polish, said) = (Polish().Keys.ToHashSet(), Said());

        Assert.True(polish.SetEquals(said), Difference(said.Except(polish), polish.Except(said)));
    }

    /// <summary>Resource files keep one of two such names and drop the other.</summary>
    [Fact]
    public void No_two_keys_differ_only_in_capitals() =>
        Assert.Empty(Polish().Keys.GroupBy(k => k.ToLowerInvariant()).Where(g => g.Count() > 1).Select(g => g.Key));

    [Fact]
    public void A_file_that_says_what_stands_in_a_variable_is_known_here()
    {
        var unknown = Sources()
            .Where(file =>
                File.ReadAllText(file) is var text
                && SaysVariable().IsMatch(text)
                && (
                    text.Contains("IStringLocalizer", StringComparison.Ordinal)
                    || file.EndsWith(".razor", StringComparison.Ordinal)
                    || text.Contains("T[", StringComparison.Ordinal)
                )
            )
            .Select(file => Path.GetRelativePath(ServerFolder(), file))
            .Except(SayVariables);

        Assert.Empty(unknown);
    }

    public static TheoryData<string> Keys => [.. Polish().Keys];

    [Theory]
    [MemberData(nameof(Keys))]
    public void A_Polish_sentence_has_the_same_places_to_fill_in_each_of_its_forms(string english)
    {
        var forms = Polish()[english].Split(" | ");

        Assert.InRange(forms.Length, 1, Counts().Contains(english) ? 2 : 1);
        foreach (var form in forms)
        {
            Assert.Equal(Places(english), Places(form));
            Assert.Equal(form.Trim(), form);
            Assert.NotEmpty(form);
        }
    }

    [Theory]
    [InlineData("en", 1, "1 open")]
    [InlineData("en", 2, "2 opens")]
    [InlineData("pl", 1, "1 otwarcie")]
    [InlineData("pl", 2, "2 otwarcia")]
    [InlineData("pl", 4, "4 otwarcia")]
    [InlineData("pl", 5, "5 otwarć")]
    [InlineData("pl", 12, "12 otwarć")]
    [InlineData("pl", 13, "13 otwarć")]
    [InlineData("pl", 22, "22 otwarcia")]
    [InlineData("pl", 112, "112 otwarć")]
    [InlineData("pl", 0, "0 otwarć")]
    public void A_counted_word_takes_the_form_its_number_asks_for(string language, int n, string said) =>
        Assert.Equal(said, In(language, () => T.Count(n, "1 open", "{0} opens")));

    static HashSet<string> Said()
    {
        var said = SaidFromTables().ToHashSet();
        foreach (var file in Sources())
        {
            var text = File.ReadAllText(file);
            said.UnionWith(SaysLiteral().Matches(text).Select(found => Unescape(found.Groups["key"].Value)));
            said.UnionWith(
                CountsLiteral()
                    .Matches(text)
                    .SelectMany(f => new[] { f.Groups["one"], f.Groups["many"] })
                    .Select(g => Unescape(g.Value))
            );
            if (FilesOfSentences.Contains(Path.GetRelativePath(ServerFolder(), file)))
                said.UnionWith(Sentence().Matches(text).Select(found => Unescape(found.Groups["key"].Value)));
        }
        return said;
    }

    static HashSet<string> Counts() =>
        [
            .. Sources()
                .SelectMany(file => CountsLiteral().Matches(File.ReadAllText(file)))
                .Select(found => Unescape(found.Groups["many"].Value)),
        ];

    static Dictionary<string, string> Polish() =>
        XDocument
            .Load(Path.Combine(ServerFolder(), "Ui/Words.pl.resx"))
            .Root!.Elements("data")
            .ToDictionary(data => data.Attribute("name")!.Value, data => data.Element("value")!.Value);

    static string Difference(IEnumerable<string> missing, IEnumerable<string> stale) =>
        $"Not in Words.pl.resx:\n{string.Join('\n', missing)}\n\nSaid nowhere:\n{string.Join('\n', stale)}";

    static string[] Places(string sentence) => [.. Place().Matches(sentence).Select(m => m.Value).Distinct().Order()];

    static string Unescape(string literal) => literal.Replace("\\\"", "\"", StringComparison.Ordinal);

    static string In(string language, Func<string> say)
    {
        var before = (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture);
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(language);
        try
        {
            return say();
        }
        finally
        {
            (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = before;
        }
    }

    static IEnumerable<string> Sources() =>
        Directory
            .EnumerateFiles(ServerFolder(), "*", SearchOption.AllDirectories)
            .Where(f => f.EndsWith(".cs", StringComparison.Ordinal) || f.EndsWith(".razor", StringComparison.Ordinal));

    static string ServerFolder([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../../src/Waybill.Server"));

    [GeneratedRegex("""\b(?:T|words|Words)\[\s*"(?<key>(?:[^"\\]|\\.)*)""")]
    private static partial Regex SaysLiteral();

    [GeneratedRegex("""\.Count\(\s*[^"]*?"(?<one>(?:[^"\\]|\\.)*)",\s*"(?<many>(?:[^"\\]|\\.)*)""")]
    private static partial Regex CountsLiteral();

    [GeneratedRegex("""\b(?:T|words|Words)\[(?=\s*[\w(])""")]
    private static partial Regex SaysVariable();

    [GeneratedRegex("""new SettingsEntry\(\s*SettingsSection\.\w+,\s*"(?<name>[^"]+)""")]
    private static partial Regex SettingsName();

    /// <summary>Starts with a capital and goes on in small letters.</summary>
    [GeneratedRegex("""(?<![\[@=]|Name )"(?<key>(?:\p{Lu}|\{0\} )(?:[^"\\]|\\.)*[\p{Ll}.])""")]
    private static partial Regex Sentence();

    [GeneratedRegex(@"\{[0-9]\}")]
    private static partial Regex Place();
}
