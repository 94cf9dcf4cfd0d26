using System.Net;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Waybill.Server.Crm;
using Waybill.Server.Identity;
using Waybill.Server.Logging;
using Waybill.Server.Spool;
using Waybill.Server.Tests.Identity;

namespace Waybill.Server.Tests.Spool;

/// <summary>Settings > Operations > Set aside.</summary>
public sealed class SetAsideTests(WaybillHost waybill) : IClassFixture<WaybillHost>
{
    const string Page = "/settings/set-aside";
    const string Raw = "From: writer@northwind.test\r\nTo: reader@contoso.test\r\nSubject: Set aside\r\n\r\nHello\r\n";

    SpoolLane Mail => waybill.Services.GetRequiredKeyedService<SpoolLane>("mail");

    async Task<WebVisitor> SignedInAsync(Role role, string? address = null)
    {
        var user = await waybill.AddUserAsync(
            address ?? $"{Guid.NewGuid():N}@northwind.test",
            u =>
            {
                WebVisitor.GivePassword(u);
                u.Role = role;
            }
        );
        var visitor = new WebVisitor(waybill.Url);
        await visitor.SignInAsync(user.Email!);
        return visitor;
    }

    /// <summary>As the drain does after the last try.</summary>
    void SetAside(long id, string messageId)
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        var body = Encoding.ASCII.GetBytes($"Message-ID: <{messageId}>\r\n{Raw}");
        var envelope = new MailEnvelope("writer@northwind.test", [waybill.Options.BccAddress], now, "relay.test");
        var item = new SpoolItem
        {
            Id = id,
            OriginId = id,
            AppendedAt = now,
            Attempts = 5,
            Head = envelope.ToBytes(),
            BodyLength = body.Length,
            InlineBody = body,
        };
        Mail.Parked.Park(item, new FormatException("a bug of ours"), now);
    }

    [Fact]
    public async Task A_mail_that_failed_is_listed_read_and_logged_after_another_try()
    {
        using var admin = await SignedInAsync(Role.SuperAdmin, "writer@northwind.test");
        await waybill.AddRecordAsync(RecordTypes.Contact, "Reader", c => c["email"] = "reader@contoso.test");
        SetAside(1_000_001, "again@northwind.test");

        var page = await admin.SeeAsync(Page);
        var row = page.QuerySelectorAll("tbody tr")
            .Single(r => r.InnerHtml.Contains("/mail/1000001\"", StringComparison.Ordinal));
        Assert.Contains("Mail from writer@northwind.test", row.TextContent, StringComparison.Ordinal);
        Assert.Contains("FormatException: a bug of ours", row.TextContent, StringComparison.Ordinal);
        using (var read = await admin.Http.GetAsync(new Uri($"{Page}/mail/1000001", UriKind.Relative)))
        {
            Assert.Contains("Subject: Set aside", await read.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            Assert.Equal("attachment", read.Content.Headers.ContentDisposition?.DispositionType);
        }

        using (var again = await admin.SubmitAsync(page, "form:has(input[value='again-mail-1000001'])"))
            Assert.Equal(HttpStatusCode.Found, again.StatusCode);
        await waybill.DrainedAsync("mail");
        await using var db = waybill.Db();
        Assert.Equal(1, await db.LoggedEmails.CountAsync(e => e.MessageId == "again@northwind.test"));
        Assert.Null(Mail.Parked.Read(1_000_001));
    }

    [Fact]
    public async Task A_deleted_one_is_gone()
    {
        using var admin = await SignedInAsync(Role.SuperAdmin);
        SetAside(1_000_002, "gone@northwind.test");
        using var deleted = await admin.SubmitAsync(
            await admin.SeeAsync(Page),
            "form:has(input[value='delete-mail-1000002'])"
        );
        Assert.Equal(HttpStatusCode.Found, deleted.StatusCode);
        Assert.DoesNotContain(
            "/mail/1000002\"",
            (await admin.SeeAsync(Page)).DocumentElement.InnerHtml,
            StringComparison.Ordinal
        );
        using var read = await admin.Http.GetAsync(new Uri($"{Page}/mail/1000002", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, read.StatusCode);
    }

    [Theory]
    [InlineData(Page)]
    [InlineData(Page + "/mail/1000003")]
    public async Task Only_super_admins_get_to_see_what_is_set_aside(string path)
    {
        SetAside(1_000_003, "secret@northwind.test");
        using var user = await SignedInAsync(Role.User);
        using var answer = await user.Http.GetAsync(new Uri(path, UriKind.Relative));
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }
}
