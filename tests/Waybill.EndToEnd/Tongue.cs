using System.Globalization;
using System.Xml.Linq;
using Microsoft.Playwright;

namespace Waybill.EndToEnd;

/// <summary>A language the pages speak, as the words file has it; English is the keys themselves.</summary>
public sealed class Tongue(string language)
{
    public static readonly Tongue English = new("en");
    public static readonly Tongue Polish = new("pl");

    readonly Dictionary<string, string> _said = language == "en" ? [] : Read(language);

    public string Code => language;

    public string Say(string english, params object[] parts) =>
        string.Format(CultureInfo.InvariantCulture, _said.GetValueOrDefault(english, english).Split(" | ")[0], parts);

    /// <summary>English sentences that this language says otherwise: none of them may stand on a page in it.</summary>
    public string[] Foreign =>
        [
            .. _said
                .Where(said => said.Key != said.Value && !said.Key.Contains('{', StringComparison.Ordinal))
                .Select(said => said.Key)
                .Except(_said.Values),
        ];

    /// <summary>By the switch on the page itself, which loads the page again.</summary>
    public async Task SpeakAsync(IPage page)
    {
        await page.EvaluateAsync(
            "language => document.querySelector(`form[action='/language'] button[value='${language}']`).click()",
            language
        );
        await page.WaitForFunctionAsync("language => document.documentElement.lang === language", language);
    }

    static Dictionary<string, string> Read(string language) =>
        XDocument
            .Load(Path.Combine(RunningWaybill.Repository(), $"src/Waybill.Server/Ui/Words.{language}.resx"))
            .Root!.Elements("data")
            .ToDictionary(data => data.Attribute("name")!.Value, data => data.Element("value")!.Value);
}
