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

    /// <summary>As the switch on the page does it; the next page is in this language.</summary>
    public async Task SpeakAsync(IPage page) =>
        await page.EvaluateAsync(
            """
            async language => {
                const said = new FormData(document.querySelector("form[action='/language']"));
                said.set('language', language);
                await fetch('/language', { method: 'POST', body: said, redirect: 'manual' });
            }
            """,
            language
        );

    static Dictionary<string, string> Read(string language) =>
        XDocument
            .Load(Path.Combine(RunningWaybill.Repository(), $"src/Waybill.Server/Ui/Words.{language}.resx"))
            .Root!.Elements("data")
            .ToDictionary(data => data.Attribute("name")!.Value, data => data.Element("value")!.Value);
}
