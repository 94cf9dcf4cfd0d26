using System.Text;
using CsCheck;

namespace Waybill.Smtp.Tests;

public sealed class DotDecoderTests
{
    // Few kinds of bytes, so that dots and line ends meet in every way.
    static readonly Gen<string> Mail = Among("", ".", "..", "a", "a.", ".a", " ", "\t.", "\xE9", "end of text")
        .Array[0, 6]
        .Select(string.Concat)
        .Array[0, 12]
        .Select(lines => string.Concat(lines.Select(line => line + "\r\n")));

    [Fact]
    public void Any_mail_comes_out_as_it_went_in_whatever_the_pieces_and_buffers() =>
        Gen.Select(Mail, Gen.Int[1, 9], Gen.Int[1, 9])
            .Sample(
                (mail, piece, room) =>
                {
                    var sent = Encoding.Latin1.GetBytes(Stuff(mail) + ".\r\nQUIT\r\n");
                    var (decoder, text, used) = Decode(sent, piece, room, maxLine: 1000);
                    return decoder.Ended
                        && decoder.Fault == MailContentFault.None
                        && text == mail
                        && used == sent.Length - "QUIT\r\n".Length;
                }
            );

    [Fact]
    public void Random_bytes_end_only_at_the_first_CRLF_dot_CRLF_and_pieces_do_not_matter() =>
        Gen.Select(Among('\r', '\n', '.', 'a', '\0').Array[0, 40], Gen.Int[1, 9], Gen.Int[1, 9])
            .Sample(
                (chars, piece, room) =>
                {
                    var sent = new string(chars);
                    var whole = Decode(Encoding.Latin1.GetBytes(sent), 1000, 1000, maxLine: 1000);
                    var pieces = Decode(Encoding.Latin1.GetBytes(sent), piece, room, maxLine: 1000);
                    var end = ("\r\n" + sent).IndexOf("\r\n.\r\n", StringComparison.Ordinal);
                    return whole.Decoder.Ended == (end >= 0)
                        && (end < 0 || whole.Used == end + 3)
                        && whole.Used == pieces.Used
                        && whole.Decoder.Ended == pieces.Decoder.Ended
                        && whole.Decoder.Fault == pieces.Decoder.Fault
                        && (whole.Decoder.Fault != MailContentFault.None || whole.Text == pieces.Text);
                }
            );

    [Theory]
    [InlineData("\r\n.\r\n", MailContentFault.None)]
    [InlineData("a\n.\n", MailContentFault.BareLineEnd)]
    [InlineData("a\n.\r\n", MailContentFault.BareLineEnd)]
    [InlineData("a\r.\r", MailContentFault.BareLineEnd)]
    [InlineData("a\r.\r\n", MailContentFault.BareLineEnd)]
    [InlineData("a\r\n.\n", MailContentFault.BareLineEnd)]
    [InlineData("a\r\n.\r", MailContentFault.BareLineEnd)]
    [InlineData("a\r\n.\r\r\n", MailContentFault.BareLineEnd)]
    [InlineData("a\r\r\n", MailContentFault.BareLineEnd)]
    [InlineData("a\0b\r\n", MailContentFault.Nul)]
    [InlineData("12345678901\r\n", MailContentFault.LineTooLong)]
    [InlineData("1234567890\r\n", MailContentFault.None)]
    public void Each_fault_has_its_name(string start, MailContentFault fault)
    {
        var (decoder, _, _) = Decode(Encoding.Latin1.GetBytes(start + "\r\n.\r\n"), 1000, 1000, maxLine: 10);
        Assert.Equal(fault, decoder.Fault);
        Assert.True(decoder.Ended);
    }

    static Gen<T> Among<T>(params T[] of) => Gen.Int[0, of.Length - 1].Select(i => of[i]);

    static string Stuff(string mail) =>
        string.Concat(mail.Split("\r\n")[..^1].Select(line => (line.StartsWith('.') ? "." : "") + line + "\r\n"));

    static (DotDecoder Decoder, string Text, int Used) Decode(byte[] sent, int piece, int room, int maxLine)
    {
        var decoder = new DotDecoder(maxLine);
        var text = new StringBuilder();
        var target = new byte[room];
        var used = 0;
        while (used < sent.Length && !decoder.Ended)
        {
            var read = decoder.Decode(
                sent.AsSpan(used, Math.Min(piece, sent.Length - used)),
                target,
                discard: false,
                out var wrote
            );
            text.Append(Encoding.Latin1.GetString(target, 0, wrote));
            used += read;
        }
        return (decoder, text.ToString(), used);
    }
}
