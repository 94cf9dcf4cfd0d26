namespace Waybill.Mail.Tests;

public sealed class FileNamesTests
{
    [Theory]
    [InlineData("report.pdf", "report.pdf")]
    [InlineData("../../etc/passwd", "passwd")]
    [InlineData("C:\\Users\\x\\a.doc", "a.doc")]
    [InlineData("..", "attachment.pdf")]
    [InlineData("", "attachment.pdf")]
    [InlineData(null, "attachment.pdf")]
    [InlineData("a/", "attachment.pdf")]
    [InlineData("con.txt", "_con.txt")]
    [InlineData("a\u202Efdp.exe", "afdp.exe")]
    [InlineData("a\u200B\u2066b\r\n.txt", "ab.txt")]
    [InlineData("what?*<>|\":.txt", "what_______.txt")]
    [InlineData("trailing. . .", "trailing")]
    [InlineData("Żółta umowa.pdf", "Żółta umowa.pdf")]
    [InlineData("a\ud800b.txt", "ab.txt")]
    public void A_file_name_is_made_safe(string? name, string safe) =>
        Assert.Equal(safe, FileNames.Safe(name, "application/pdf"));

    [Fact]
    public void A_long_name_keeps_its_extension()
    {
        var safe = FileNames.Safe(new string('x', 500) + ".docx", "application/octet-stream");
        Assert.Equal(150, safe.Length);
        Assert.EndsWith(".docx", safe, StringComparison.Ordinal);
    }
}
