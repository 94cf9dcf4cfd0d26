using System.Text;

namespace Waybill.Smtp.Tests;

public sealed class TranscriptTests
{
    public static TheoryData<string> Names => [.. Transcript.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_server_answers_as_written_whatever_pieces_the_bytes_come_in(string name)
    {
        var transcript = Transcript.Read(name);
        await using var receiver = await Receiver.StartAsync(transcript.Options());

        var turns = await PlayAsync(receiver, transcript, (line, text) => line.SendAsync(text));
        var dribbled = await PlayAsync(receiver, transcript, (line, text) => line.DribbleAsync(text));
        var atOnce = await PlayAheadAsync(receiver, transcript, (line, text) => line.SendAsync(text));

        Assert.Equal(turns, dribbled);
        Assert.Equal(turns, atOnce);
        for (var seed = 0; seed < 3; seed++)
        {
            var random = new Random(seed);
            Assert.Equal(
                turns,
                await PlayAheadAsync(receiver, transcript, (line, text) => CutAsync(line, text, random))
            );
        }
        Assert.Empty(receiver.Errors);
    }

    static async Task CutAsync(Line line, string text, Random random)
    {
        for (var from = 0; from < text.Length; )
        {
            var length = Math.Min(random.Next(1, random.Next(2, 60)), text.Length - from);
            await line.SendAsync(text.Substring(from, length));
            from += length;
        }
    }

    static async Task<List<string>> PlayAsync(Receiver receiver, Transcript transcript, Func<Line, string, Task> send)
    {
        using var line = await receiver.ConnectAsync(transcript.IsLmtp);
        var heard = new List<string> { (await line.ReplyAsync())! };
        foreach (var turn in transcript.Turns)
            if (turn[0] == 'C')
                await send(line, Transcript.Sent(turn));
            else if (turn[0] == 'T')
                await line.BeginTlsAsync();
            else
                heard.Add(await ExpectAsync(line, turn));
        return heard;
    }

    /// <summary>Everything up to the next handshake is sent before an answer is read, as a pipelining client may.</summary>
    static async Task<List<string>> PlayAheadAsync(
        Receiver receiver,
        Transcript transcript,
        Func<Line, string, Task> send
    )
    {
        using var line = await receiver.ConnectAsync(transcript.IsLmtp);
        var heard = new List<string> { (await line.ReplyAsync())! };
        var first = true;
        foreach (var stretch in transcript.Stretches())
        {
            if (!first)
                await line.BeginTlsAsync();
            first = false;
            var said = new StringBuilder();
            foreach (var turn in stretch.Where(t => t[0] == 'C'))
                said.Append(Transcript.Sent(turn));
            await send(line, said.ToString());
            foreach (var turn in stretch.Where(t => t[0] == 'S'))
                heard.Add(await ExpectAsync(line, turn));
        }
        return heard;
    }

    static async Task<string> ExpectAsync(Line line, string turn)
    {
        var reply = await line.ReplyAsync() ?? "(closed)";
        Assert.True(Transcript.Fits(turn, reply), $"Expected {turn}\nbut heard {reply}");
        return reply;
    }
}
