using System.Text;

namespace Waybill.Mail.Tests;

public sealed class ThreadingTests
{
    [Theory]
    [InlineData("Offer", "Offer")]
    [InlineData("Re: Offer", "Offer")]
    [InlineData("RE: FW: Odp: PD: AW: SV: Offer", "Offer")]
    [InlineData("[External] Re: [EXTERNAL] Offer", "Offer")]
    [InlineData("Re[2]: Re(3): Offer", "Offer")]
    [InlineData("RE : Offer", "Offer")]
    [InlineData("答复：Offer", "Offer")]
    [InlineData("Regarding: Offer", "Regarding: Offer")]
    [InlineData("[Ticket 12] Offer", "[Ticket 12] Offer")]
    [InlineData("Research: results", "Research: results")]
    [InlineData("Re:", "")]
    [InlineData("", "")]
    public void A_subject_has_a_root(string subject, string root) => Assert.Equal(root, Threading.SubjectRoot(subject));

    [Fact]
    public void Parents_come_nearest_first_and_once()
    {
        var mail = Read(
            "In-Reply-To: <c@x.test>\nReferences: <a@x.test> <b@x.test>\n <c@x.test> <self@x.test>\nMessage-ID: <self@x.test>"
        );
        Assert.Equal(["c@x.test", "b@x.test", "a@x.test"], Threading.ReferencesOf(mail));
    }

    [Theory]
    [InlineData("Your message of \"Mon, 4 May\" <a@x.test>", "a@x.test")]
    [InlineData("a@x.test", "a@x.test")]
    [InlineData("< a@x.test >", "a@x.test")]
    [InlineData("<a@x.test", "a@x.test")]
    [InlineData("<>", null)]
    public void An_odd_parent_is_understood(string header, string? parent) =>
        Assert.Equal(parent, Read("In-Reply-To: " + header).InReplyTo);

    [Fact]
    public void Of_endless_references_the_first_and_the_last_are_kept()
    {
        var mail = Read("References: " + string.Join("\n ", Enumerable.Range(0, 500).Select(i => $"<r{i}@x.test>")));
        Assert.Equal(100, mail.References.Count);
        Assert.Equal("r0@x.test", mail.References[0]);
        Assert.Equal("r499@x.test", mail.References[^1]);
    }

    [Fact]
    public void A_long_id_still_finds_its_parent()
    {
        var id = new string('a', 600) + "@x.test";
        Assert.Equal(Read($"Message-ID: <{id}>").MessageId, Read($"References: <{id}>").References[0]);
    }

    static ReadMail Read(string headers) =>
        MailReader.Read(new MemoryStream(Encoding.ASCII.GetBytes($"From: a@b.test\n{headers}\n\nhi\n")));
}
