using System.Text;
using System.Text.RegularExpressions;
using CsCheck;

namespace Waybill.Smtp.Tests;

/// <summary>Talk nobody would write by hand, in any order.</summary>
public sealed partial class FuzzTests
{
    static readonly string[] Words =
    [
        "EHLO a.test\r\n",
        "HELO a\r\n",
        "LHLO a.test\r\n",
        "MAIL FROM:<a@b.test>\r\n",
        "MAIL FROM:<> SMTPUTF8 SIZE=10\r\n",
        "RCPT TO:<log@waybill.test>\r\n",
        "RCPT TO:<\xC5\x82@waybill.test>\r\n",
        "RCPT TO:<nobody@other.test>\r\n",
        "DATA\r\n",
        "Subject: x\r\n\r\ntext\r\n",
        ".\r\n",
        "..\r\n",
        "\r\n.\r\n",
        "RSET\r\n",
        "NOOP\r\n",
        "STARTTLS\r\n",
        "VRFY x\r\n",
        "MAIL FROM:<\"\\",
        "<@a,@b:c@[IPv6:::1]>",
        "\r",
        "\n",
        "\0",
        "\xFF\xFE",
        " ",
        new string('x', 1100),
        "QUIT\r\n",
    ];

    static readonly Gen<string> Talk = Gen.Int[0, Words.Length - 1]
        .Array[0, 25]
        .Select(choice => "EHLO a.test\r\n" + string.Concat(choice.Select(i => Words[i])));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Any_talk_gets_replies_and_the_same_ones_however_it_is_cut(bool lmtp)
    {
        await using var receiver = await Receiver.StartAsync();
        await Gen.Select(Talk, Gen.Int[0, 1000])
            .SampleAsync(
                async (talk, seed) =>
                {
                    var whole = await HearAsync(receiver, lmtp, talk, null);
                    var cut = await HearAsync(receiver, lmtp, talk, new Random(seed));
                    return whole == cut && Replies().IsMatch(whole);
                },
                iter: 150,
                threads: 1
            );
        Assert.Empty(receiver.Errors);
    }

    static async Task<string> HearAsync(Receiver receiver, bool lmtp, string talk, Random? cuts)
    {
        using var line = await receiver.ConnectAsync(lmtp);
        for (var from = 0; from < talk.Length; )
        {
            var length = cuts is null ? talk.Length : Math.Min(cuts.Next(1, 40), talk.Length - from);
            await line.SendAsync(talk.Substring(from, length));
            from += length;
        }
        line.CloseSending();
        return Encoding.Latin1.GetString(await line.RestAsync());
    }

    [GeneratedRegex(@"\A([245]\d\d-[ -~]*\r\n)*(?:[2345]\d\d[ -][ -~]+\r\n)+\z")]
    private static partial Regex Replies();
}
