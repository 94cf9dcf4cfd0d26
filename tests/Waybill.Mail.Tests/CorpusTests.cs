using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Waybill.Mail.Tests;

/// <summary>
/// Each Corpus/*.eml read as it stands beside it in .json. After a wanted change run once with WAYBILL_ACCEPT=1 and read the diff.
/// </summary>
public sealed class CorpusTests
{
    static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static TheoryData<string> Mails =>
        [
            .. Directory
                .EnumerateFiles(Folder(), "*.eml")
                .Select(file => Path.GetFileNameWithoutExtension(file)!)
                .Order(),
        ];

    [Theory]
    [MemberData(nameof(Mails))]
    public void A_mail_of_the_corpus_reads_as_expected(string name)
    {
        using var raw = File.OpenRead(Path.Combine(Folder(), name + ".eml"));
        var mail = MailReader.Read(raw);
        var expected = Path.Combine(Folder(), name + ".json");
        var actual = JsonSerializer.Serialize(Describe(mail), Json) + "\n";
        if (Environment.GetEnvironmentVariable("WAYBILL_ACCEPT") == "1")
            File.WriteAllText(expected, actual);
        Assert.Equal(File.ReadAllText(expected), actual);
    }

    [Fact]
    public void The_corpus_is_there() => Assert.True(Mails.Count >= 20);

    [Theory]
    [MemberData(nameof(Mails))]
    public void A_mail_cut_anywhere_is_read_or_refused(string name)
    {
        var whole = File.ReadAllBytes(Path.Combine(Folder(), name + ".eml"));
        for (var length = 0; length < whole.Length; length += 1 + (whole.Length / 60))
        {
            try
            {
                MailReader.Read(new MemoryStream(whole, 0, length));
            }
            catch (MailUnreadableException)
            {
                // The one exception allowed.
            }
        }
    }

    static object Describe(ReadMail mail) =>
        new
        {
            mail.From,
            mail.HasSeveralAuthors,
            mail.To,
            mail.Cc,
            mail.Subject,
            Root = Threading.SubjectRoot(mail.Subject),
            mail.Date,
            mail.MessageId,
            mail.HasOwnMessageId,
            mail.InReplyTo,
            References = mail.References.Count,
            Parents = Threading.ReferencesOf(mail).Take(3),
            mail.Preview,
            mail.Text,
            Html = mail.Html is null ? null : QuotedText.SplitHtml(mail.Html).New,
            mail.BodyTooLarge,
            mail.Sensitivity,
            mail.AutoSubmitted,
            Attachments = mail.Attachments.Select(file => new
            {
                file.FileName,
                file.ContentType,
                file.Size,
                file.ContentId,
                file.IsInline,
                Starts = Start(file),
            }),
        };

    static string Start(MailAttachment file)
    {
        using var content = file.OpenRead();
        var bytes = new byte[16];
        return Encoding.Latin1.GetString(bytes, 0, content.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false));
    }

    static string Folder([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "Corpus");
}
