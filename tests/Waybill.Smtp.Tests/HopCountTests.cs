using System.Text;
using CsCheck;

namespace Waybill.Smtp.Tests;

public sealed class HopCountTests
{
    static readonly string[] Lines =
    [
        "Received: from x",
        "RECEIVED:",
        "Receive: x",
        "Subject: Received: x",
        " Received: folded",
        "R",
        "Received",
        "",
    ];

    [Fact]
    public void Hops_are_the_fields_before_the_empty_line_whatever_the_pieces() =>
        Gen.Select(Gen.Int[0, Lines.Length - 1].Array[0, 12], Gen.Int[1, 30])
            .Sample(
                (choice, piece) =>
                {
                    var lines = choice.Select(i => Lines[i]).ToArray();
                    var bytes = Encoding.ASCII.GetBytes(string.Concat(lines.Select(l => l + "\r\n")));
                    var count = new HopCount();
                    for (var at = 0; at < bytes.Length; at += piece)
                        count.Feed(bytes.AsSpan(at, Math.Min(piece, bytes.Length - at)));
                    return count.Hops
                        == lines
                            .TakeWhile(l => l != "")
                            .Count(l => l.StartsWith("Received:", StringComparison.OrdinalIgnoreCase));
                }
            );
}
