using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Waybill.Smtp.Tests;

/// <summary>
/// A talk with the server, from a file in Transcripts. <c>C:</c> is a line we send with CRLF, <c>C!</c> raw text without it, <c>S:</c> one whole reply
/// (its lines joined by \n, * for any text, "(closed)" for the end of the connection), <c>T:</c> our TLS handshake, <c>%</c> what the
/// receiver is set to, <c>#</c> a remark. \r \n \0 \xHH and \uHHHH (as UTF-8) are escapes; {x*500} is x 500 times.
/// </summary>
public sealed partial record Transcript(string[] Settings, string[] Turns)
{
    static string Folder => Path.Combine(AppContext.BaseDirectory, "Transcripts");

    public static IEnumerable<string> Names =>
        Directory.EnumerateFiles(Folder, "*.txt").Select(f => Path.GetFileNameWithoutExtension(f)).Order();

    public static Transcript Read(string name)
    {
        var lines = File.ReadAllLines(Path.Combine(Folder, name + ".txt")).Where(l => l != "" && l[0] != '#').ToArray();
        return new([.. lines.Where(l => l[0] == '%').Select(l => l[1..].Trim())], [.. lines.Where(l => l[0] != '%')]);
    }

    public SmtpReceiverOptions Options()
    {
        var options = new SmtpReceiverOptions { HostName = "mx.waybill.test" };
        foreach (var setting in Settings.Where(s => s != "lmtp"))
            options = setting.Split(' ') switch
            {
                ["tls"] => options with { Certificate = TestCertificate.Shared },
                ["tls", "demanded"] => options with
                {
                    Certificate = TestCertificate.Shared,
                    TlsDemand = TlsDemand.Everybody,
                },
                ["recipients", var most] => options with { MaxRecipients = Number(most) },
                ["hops", var most] => options with { MaxHops = Number(most) },
                ["bad", "commands", var most] => options with { MaxBadCommands = Number(most) },
                _ => throw new FormatException($"Unknown setting: {setting}"),
            };
        return options;
    }

    public bool IsLmtp => Settings.Contains("lmtp");

    /// <summary>The turns up to each handshake: only within one of these can the client talk ahead.</summary>
    public IEnumerable<string[]> Stretches()
    {
        var from = 0;
        for (var i = 0; i <= Turns.Length; i++)
            if (i == Turns.Length || Turns[i][0] == 'T')
            {
                yield return Turns[from..i];
                from = i + 1;
            }
    }

    /// <summary>The bytes of a C turn, one char each.</summary>
    public static string Sent(string turn) =>
        Escapes().Replace(Repeats().Replace(Text(turn), Repeat), Unescape) + (turn[1] == ':' ? "\r\n" : "");

    public static bool Fits(string turn, string reply) =>
        Regex.IsMatch(
            reply,
            "^"
                + Regex
                    .Escape(Text(turn).Replace("\\n", "\n", StringComparison.Ordinal))
                    .Replace("\\*", ".*", StringComparison.Ordinal)
                + "$",
            RegexOptions.Singleline
        );

    static string Text(string turn) => turn.Length > 3 ? turn[3..] : "";

    static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    static string Repeat(Match repeat) => new(repeat.Groups[1].Value[0], Number(repeat.Groups[2].Value));

    static string Unescape(Match escape) =>
        escape.Value[1] switch
        {
            'r' => "\r",
            'n' => "\n",
            '0' => "\0",
            'u' => Encoding.Latin1.GetString(
                Encoding.UTF8.GetBytes($"{(char)int.Parse(escape.Value[2..], NumberStyles.HexNumber, null)}")
            ),
            _ => Encoding.Latin1.GetString(Convert.FromHexString(escape.Value[2..])),
        };

    [GeneratedRegex(@"\\(r|n|0|x[0-9A-F]{2}|u[0-9A-F]{4})")]
    private static partial Regex Escapes();

    [GeneratedRegex(@"\{(.)\*(\d+)\}")]
    private static partial Regex Repeats();
}
