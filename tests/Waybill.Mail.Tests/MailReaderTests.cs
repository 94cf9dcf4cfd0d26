using System.Text;

namespace Waybill.Mail.Tests;

public sealed class MailReaderTests
{
    static ReadMail Read(string raw, MailLimits? limits = null) =>
        MailReader.Read(new MemoryStream(Encoding.UTF8.GetBytes(raw.ReplaceLineEndings("\r\n"))), limits);

    [Theory]
    [InlineData("")]
    [InlineData("\n\n\n")]
    [InlineData("hello, this is not a mail\n")]
    [InlineData("\0\u0001\u0002\n")]
    public void What_is_no_mail_is_refused(string raw) => Assert.Throws<MailUnreadableException>(() => Read(raw));

    [Fact]
    public void A_stream_that_cannot_seek_is_the_callers_mistake() =>
        Assert.Throws<ArgumentException>(() =>
            MailReader.Read(
                new System.IO.Compression.GZipStream(Stream.Null, System.IO.Compression.CompressionMode.Decompress)
            )
        );

    [Fact]
    public void A_body_past_the_limit_is_reported_and_not_kept()
    {
        var limits = new MailLimits { MaxBodyBytes = 1000 };
        var fits = Read("From: a@b.test\n\n" + new string('x', 998), limits);
        var large = Read("From: a@b.test\nContent-Type: text/html\n\n" + new string('x', 1001), limits);
        Assert.False(fits.BodyTooLarge);
        Assert.True(large.BodyTooLarge);
        Assert.Null(large.Html);
    }

    [Fact]
    public void The_limit_counts_decoded_bytes()
    {
        var body = Convert.ToBase64String(
            new byte[900]
                .Select(_ => (byte)'x')
                .ToArray()
        );
        Assert.False(
            Read(
                $"From: a@b.test\nContent-Transfer-Encoding: base64\n\n{body}",
                new() { MaxBodyBytes = 900 }
            ).BodyTooLarge
        );
        Assert.True(
            Read(
                $"From: a@b.test\nContent-Transfer-Encoding: base64\n\n{body}",
                new() { MaxBodyBytes = 899 }
            ).BodyTooLarge
        );
    }

    [Fact]
    public void A_large_attachment_does_not_make_the_body_too_large()
    {
        var mail = Read(
            "From: a@b.test\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nhello\n--b\nContent-Type: text/plain\nContent-Disposition: attachment; filename=log.txt\n\n"
                + new string('x', 5000)
                + "\n--b--\n",
            new() { MaxBodyBytes = 1000 }
        );
        Assert.False(mail.BodyTooLarge);
        Assert.Equal("hello", mail.Text?.Trim());
        Assert.Equal(5000, Assert.Single(mail.Attachments).Size);
    }

    [Fact]
    public void A_header_without_end_is_refused_before_it_fills_memory() =>
        Assert.Throws<MailUnreadableException>(() =>
            Read("X: " + new string('a', 5000), new() { MaxHeaderBytes = 4000 })
        );

    [Fact]
    public void Too_many_parts_are_refused()
    {
        var raw = new StringBuilder("From: a@b.test\nContent-Type: multipart/mixed; boundary=b\n\n");
        for (var i = 0; i < 300; i++)
            raw.Append("--b\n\nx\n");
        Assert.Throws<MailUnreadableException>(() => Read(raw.ToString(), new() { MaxParts = 200 }));
        Assert.NotNull(Read(raw.ToString(), new() { MaxParts = 400 }));
    }

    [Fact]
    public void Deep_nesting_ends_in_an_attachment()
    {
        var raw = new StringBuilder("From: a@b.test\n");
        for (var i = 0; i < 1500; i++)
            raw.Append("Content-Type: multipart/mixed; boundary=b").Append(i).Append("\n\n--b").Append(i).Append('\n');
        raw.Append("\nhello\n");
        Assert.NotEmpty(Read(raw.ToString()).Attachments);
    }

    [Fact]
    public void Deep_forwarding_ends_in_an_attachment()
    {
        var raw = new StringBuilder("From: a@b.test\n");
        for (var i = 0; i < 1500; i++)
            raw.Append("Content-Type: message/rfc822\n\n");
        Assert.Single(Read(raw + "From: x@y.test\n\nhello\n").Attachments);
    }

    [Fact]
    public void Addresses_are_counted_and_cut()
    {
        var to = string.Join(", ", Enumerable.Range(0, 500).Select(i => $"p{i}@b.test"));
        Assert.Equal(100, Read($"From: a@b.test\nTo: {to}\n\n", new() { MaxAddresses = 100 }).To.Count);
    }

    [Fact]
    public void Groups_are_flattened_and_empty_ones_vanish()
    {
        var mail = Read(
            "From: a@b.test\nTo: Sales: anna@b.test, \"Jan N\" <jan@b.test>;\nCc: undisclosed-recipients:;\n\n"
        );
        Assert.Equal(["anna@b.test", "jan@b.test"], mail.To.Select(to => to.Address));
        Assert.Empty(mail.Cc);
    }

    [Theory]
    [InlineData("From: a@b.test, c@d.test\n\n", true)]
    [InlineData("From: a@b.test\nFrom: c@d.test\n\n", true)]
    [InlineData("From: a@b.test\n\n", false)]
    public void Several_authors_are_noticed(string raw, bool several)
    {
        var mail = Read(raw);
        Assert.Equal("a@b.test", mail.From?.Address);
        Assert.Equal(several, mail.HasSeveralAuthors);
    }

    [Fact]
    public void A_missing_id_is_the_same_by_whatever_way_the_mail_came()
    {
        const string rest =
            "From: a@b.test\nTo: c@d.test\nDate: Tue, 05 May 2026 10:15:00 +0200\nSubject: Hi\n\nhello\n";
        var one = Read("Received: from x\n" + rest);
        var two = Read("Received: from y\nX-Spam: no\n" + rest + "\n");
        Assert.False(one.HasOwnMessageId);
        Assert.EndsWith("@missing.waybill", one.MessageId, StringComparison.Ordinal);
        Assert.Equal(one.MessageId, two.MessageId);
        Assert.NotEqual(one.MessageId, Read(rest.Replace("hello", "hallo", StringComparison.Ordinal)).MessageId);
    }

    [Fact]
    public void A_header_is_found_whatever_its_case() =>
        Assert.Equal("log", Read("From: a@b.test\nx-waybill-MAIL: log\n\n").Header("X-Waybill-Mail"));

    [Fact]
    public void A_name_cannot_smuggle_lines_or_direction_changes()
    {
        var mail = Read("From: =?utf-8?Q?A=0D=0ABcc:=E2=80=AEx?= <a@b.test>\nSubject: =?utf-8?Q?one=0D=0ATwo:_x?=\n\n");
        Assert.DoesNotContain(mail.From!.Name, char.IsControl);
        Assert.DoesNotContain('\u202E', mail.From.Name);
        Assert.DoesNotContain(mail.Subject, char.IsControl);
    }

    [Fact]
    public async Task An_attachment_reads_the_same_by_stream_and_by_copy()
    {
        var bytes = Enumerable.Range(0, 10_000).Select(i => (byte)(i * 7)).ToArray();
        var mail = Read(
            "From: a@b.test\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: application/pdf; name=a.pdf\nContent-Transfer-Encoding: base64\n\n"
                + Convert.ToBase64String(bytes, Base64FormattingOptions.InsertLineBreaks)
                + "\n--b--\n"
        );
        var file = Assert.Single(mail.Attachments);
        Assert.Equal(bytes.Length, file.Size);
        using var copied = new MemoryStream();
        await file.CopyToAsync(copied, TestContext.Current.CancellationToken);
        Assert.Equal(bytes, copied.ToArray());
        using var opened = new MemoryStream();
        await using var content = file.OpenRead();
        await content.CopyToAsync(opened, TestContext.Current.CancellationToken);
        Assert.Equal(bytes, opened.ToArray());
    }

    [Fact]
    public void Reading_a_mail_keeps_its_attachment_on_the_stream()
    {
        using var raw = new MemoryStream();
        raw.Write(
            "From: a@b.test\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: application/zip\r\nContent-Transfer-Encoding: base64\r\n\r\n"u8
        );
        var line = Encoding.ASCII.GetBytes(new string('A', 76) + "\r\n");
        for (var i = 0; i < 400_000; i++)
            raw.Write(line);
        raw.Write("--b--\r\n"u8);
        raw.Position = 0;
        var before = GC.GetAllocatedBytesForCurrentThread();
        var mail = MailReader.Read(raw);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(400_000L * 57, Assert.Single(mail.Attachments).Size);
        Assert.True(allocated < 4_000_000, $"{allocated} bytes for a mail of {raw.Length}");
    }
}
