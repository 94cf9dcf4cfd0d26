using System.Text;
using System.Text.RegularExpressions;

namespace Waybill.Smtp.Tests;

public sealed partial class TranscriptTests
{
    public static TheoryData<string> Names => [.. Transcripts.All.Select(t => t.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_server_answers_as_written_whatever_pieces_the_bytes_come_in(string name)
    {
        var talk = Transcripts.All.Single(t => t.Name == name).Talk.Split('\n');
        await using var receiver = await Receiver.StartAsync();

        var turns = await PlayAsync(receiver, talk, (line, text) => line.SendAsync(text));
        var dribbled = await PlayAsync(receiver, talk, (line, text) => line.DribbleAsync(text));
        var atOnce = await PlayAtOnceAsync(receiver, talk);

        Assert.Equal(turns, dribbled);
        Assert.Equal(turns, atOnce);
        Assert.Empty(receiver.Errors);
    }

    static async Task<List<string>> PlayAsync(Receiver receiver, string[] talk, Func<Line, string, Task> send)
    {
        using var line = await receiver.ConnectAsync();
        var heard = new List<string> { (await line.ReplyAsync())! };
        foreach (var turn in talk)
            if (turn.StartsWith('C'))
                await send(line, Sent(turn));
            else
                heard.Add(await ExpectAsync(line, turn));
        return heard;
    }

    static async Task<List<string>> PlayAtOnceAsync(Receiver receiver, string[] talk)
    {
        using var line = await receiver.ConnectAsync();
        var heard = new List<string> { (await line.ReplyAsync())! };
        await line.SendAsync(string.Concat(talk.Where(t => t.StartsWith('C')).Select(Sent)));
        foreach (var turn in talk.Where(t => t.StartsWith('S')))
            heard.Add(await ExpectAsync(line, turn));
        return heard;
    }

    static async Task<string> ExpectAsync(Line line, string turn)
    {
        var reply = await line.ReplyAsync() ?? "(closed)";
        Assert.StartsWith(turn[3..], reply);
        return reply;
    }

    static string Sent(string turn) => Escapes().Replace(turn[3..], Unescape) + (turn[1] == ':' ? "\r\n" : "");

    static string Unescape(Match escape) =>
        escape.Value[1] switch
        {
            'r' => "\r",
            'n' => "\n",
            '0' => "\0",
            _ => Encoding.Latin1.GetString(Convert.FromHexString(escape.Value[2..])),
        };

    [GeneratedRegex(@"\\(r|n|0|x[0-9A-F]{2})")]
    private static partial Regex Escapes();
}
