using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;
using Waybill.Server.Kernel;
using Waybill.Server.Logging;

namespace Waybill.Server.Tests.Operations;

/// <summary>docs/configuration.md against the code that reads.</summary>
public sealed partial class ConfigurationTests
{
    static readonly JsonSerializerOptions Written = new()
    {
        IgnoreReadOnlyProperties = false,
        IncludeFields = true, // of the pair
        Converters = { new AsText<System.Net.IPAddress>(), new AsText<System.Net.IPNetwork>() },
    };

    [Fact]
    public void Every_setting_that_is_read_is_in_the_table_and_every_one_in_the_table_is_read() =>
        Assert.Equal(KeysRead().Order(StringComparer.Ordinal), Table().Keys.Order(StringComparer.Ordinal));

    [Fact]
    public void A_setting_set_to_its_documented_default_changes_nothing()
    {
        foreach (var (key, documented) in Table().Where(row => row.Value is not "none"))
        {
            (string, string)[] needed = key.StartsWith("Waybill:Relay:", StringComparison.Ordinal)
                ? [("Waybill:Relay:Host", "relay.test"), ("Waybill:Mail:Host", "mail.test")]
                : [];
            Assert.Equal((key, Read(needed)), (key, Read([.. needed, (key, documented)])));
        }

        static string Read((string, string)[] settings) =>
            JsonSerializer.Serialize(ReadAll(Settings(settings)), Written);
    }

    [Theory]
    [InlineData("WAYBILL_HTTP_PORT", "eighty")]
    [InlineData("WAYBILL_DEMO", "maybe")]
    [InlineData("WAYBILL_URL", "waybill.example.com")]
    [InlineData("Waybill:Listen", "my-machine")]
    [InlineData("Waybill:Proxies", "10.0.0.0/99")]
    [InlineData("Waybill:Metrics:From", "prometheus")]
    [InlineData("Waybill:Logs:Format", "xml")]
    public void A_setting_that_cannot_work_is_named_with_what_to_do(string key, string value)
    {
        var mistake = Assert.Throws<ConfigurationMistake>(() => ReadOptions.From(Settings((key, value))));

        Assert.StartsWith(key, mistake.Message, StringComparison.Ordinal);
        Assert.Contains("Set it to ", mistake.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("WAYBILL_MASTER_KEY", "hunter2")]
    [InlineData("WAYBILL_MASTER_KEY", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("WAYBILL_MASTER_KEY", "AAAAAAAAAAAAAAAAAAAAAA==")]
    [InlineData("WAYBILL_MASTER_KEY_OLD", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void A_master_key_that_is_none_is_refused_and_not_repeated(string key, string value)
    {
        var mistake = Assert.Throws<ConfigurationMistake>(() => ReadOptions.From(Settings((key, value))));

        Assert.StartsWith(key + " is not", mistake.Message, StringComparison.Ordinal);
        Assert.Contains("Set it to ", mistake.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(value, mistake.Message, StringComparison.Ordinal);
    }

    static IConfiguration Settings(params (string Key, string Value)[] settings) =>
        new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value)))
            .Build();

    static HashSet<string> KeysRead()
    {
        var heard = new Heard(Settings());
        ReadAll(heard);
        return heard.Keys;
    }

    static (WaybillOptions, ReceiverSettings) ReadAll(IConfiguration configuration)
    {
        var options = ReadOptions.From(configuration);
        return (options, ReceiverSettings.From(configuration, options));
    }

    /// <summary>The keys of the table with the first word of their default; what depends on another setting is written out.</summary>
    static Dictionary<string, string> Table() =>
        File.ReadAllLines(Path.Combine(Repository(), "docs/configuration.md"))
            .Select(line => Row().Match(line))
            .Where(row => row.Success)
            .ToDictionary(
                row => row.Groups["key"].Value,
                row =>
                    row.Groups["default"]
                        .Value.Replace("<HTTP port>", "5080", StringComparison.Ordinal)
                        .Replace("<Waybill:Mail:Host>", "mail.test", StringComparison.Ordinal)
                        .Replace("WAYBILL_URL", "http://localhost:5080", StringComparison.Ordinal)
            );

    static string Repository([System.Runtime.CompilerServices.CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../.."));

    [GeneratedRegex(@"^\| `(?<key>[A-Za-z:_0-9]+)` \| (?:`(?<default>[^`]+)`|(?<default>[^ ;(|]+))")]
    private static partial Regex Row();

    sealed class Heard(IConfiguration inner) : IConfiguration
    {
        public HashSet<string> Keys { get; } = [];

        public string? this[string key]
        {
            get
            {
                Keys.Add(key);
                return inner[key];
            }
            set => inner[key] = value;
        }

        public IEnumerable<IConfigurationSection> GetChildren() => inner.GetChildren();

        public IChangeToken GetReloadToken() => inner.GetReloadToken();

        public IConfigurationSection GetSection(string key) => inner.GetSection(key);
    }

    sealed class AsText<T> : JsonConverter<T>
    {
        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException();

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value?.ToString());
    }
}
