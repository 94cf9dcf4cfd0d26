using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Microsoft.EntityFrameworkCore;
using Waybill.Server.Identity;
using Waybill.Server.Logging;
using Waybill.Server.Settings;
using Waybill.Server.Tests.Identity;

namespace Waybill.Server.Tests.Settings;

public sealed class SettingsPagesTests(WaybillHost waybill) : IClassFixture<WaybillHost>
{
    const string LogAndTrack = "/settings/email-log-and-track";
    const string Form = "section form";

    async Task<(User User, WebVisitor Visitor)> SignedInAsync(Role role)
    {
        var user = await waybill.AddUserAsync(
            $"{Guid.NewGuid():N}@northwind.test",
            u =>
            {
                WebVisitor.GivePassword(u);
                u.Role = role;
            }
        );
        var visitor = new WebVisitor(waybill.Url);
        await visitor.SignInAsync(user.Email!);
        return (user, visitor);
    }

    static IHtmlInputElement Box(IHtmlDocument page, string label) =>
        page.QuerySelectorAll("label.check")
            .Single(l => l.TextContent.Contains(label, StringComparison.Ordinal))
            .QuerySelector<IHtmlInputElement>("input")!;

    static readonly string[] Labels =
    [
        "Apply Default Log setting for all users",
        "Log all emails by default",
        "Apply Default Association for all users",
        "Allow all users to track emails and see recipients open and click on their emails",
        "Apply Default Track setting for all users",
    ];

    [Fact]
    public async Task A_super_admin_changes_what_holds_for_everyone()
    {
        await waybill.ChangeSettingsAsync(a => (a.ApplyDefaultLog, a.AllowTracking) = (false, false));
        var (_, admin) = await SignedInAsync(Role.SuperAdmin);
        using var _ = admin;
        var page = await admin.SeeAsync(LogAndTrack);
        Assert.All(Labels, label => Assert.NotNull(Box(page, label)));
        Assert.False(Box(page, Labels[0]).IsDisabled);
        // What hangs on an unticked box can't be ticked.
        Assert.True(Box(page, Labels[1]).IsDisabled);
        Assert.True(Box(page, Labels[4]).IsDisabled);

        using var saved = await admin.SubmitAsync(
            page,
            Form,
            ("Form.ApplyDefaultLog", "true"),
            ("Form.LogAllByDefault", "true"),
            ("Form.AllowTracking", "true")
        );
        Assert.Equal(HttpStatusCode.Found, saved.StatusCode);

        page = await admin.SeeAsync(LogAndTrack);
        Assert.True(Box(page, Labels[0]).IsChecked);
        Assert.True(Box(page, Labels[1]).IsChecked);
        Assert.False(Box(page, Labels[1]).IsDisabled);
        Assert.False(Box(page, Labels[4]).IsDisabled);
        await using var db = waybill.Db();
        var account = await db.ReadSettingsAsync();
        Assert.True(account is { ApplyDefaultLog: true, LogAllByDefault: true, AllowTracking: true });
    }

    [Fact]
    public async Task Anyone_else_reads_them_and_gets_403_for_a_change()
    {
        await waybill.ChangeSettingsAsync(a => (a.DataPrivacy, a.ApplyDefaultAssociations) = (false, false));
        var (_, user) = await SignedInAsync(Role.User);
        using var _ = user;
        var page = await user.SeeAsync(LogAndTrack);
        Assert.All(Labels, label => Assert.True(Box(page, label).IsDisabled));
        Assert.Contains("only super admins can change them", page.Body!.TextContent, StringComparison.Ordinal);
        Assert.Null(page.QuerySelector("section button[type=submit]"));

        using var refused = await user.SubmitAsync(page, Form, ("Form.ApplyDefaultAssociations", "true"));
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        var privacy = await user.SeeAsync("/settings/privacy");
        using var refusedToo = await user.SubmitAsync(privacy, Form, ("Form.DataPrivacy", "true"));
        Assert.Equal(HttpStatusCode.Forbidden, refusedToo.StatusCode);

        await using var db = waybill.Db();
        Assert.True(await db.ReadSettingsAsync() is { ApplyDefaultAssociations: false, DataPrivacy: false });
    }

    [Fact]
    public async Task The_bcc_address_is_shown_to_copy_and_the_forwarding_address_is_said_to_be_refused()
    {
        var (_, user) = await SignedInAsync(Role.User);
        using var _ = user;
        var page = await user.SeeAsync(LogAndTrack);

        Assert.Equal(waybill.Options.BccAddress, Value("BCC address"));
        Assert.Contains(
            $"Mail forwarded to {waybill.Options.ForwardAddress} is refused",
            page.Body!.TextContent,
            StringComparison.Ordinal
        );

        string Value(string label) =>
            page.GetElementById(
                        page.QuerySelectorAll("label").Single(l => l.TextContent == label).GetAttribute("for")!
                    )!
                .GetAttribute("value")!;
    }

    [Fact]
    public void A_dependent_choice_survives_while_its_box_is_unticked()
    {
        var account = new AccountSettings { ApplyDefaultLog = true, LogAllByDefault = true };
        new LogAndTrackForm { ApplyDefaultLog = false, LogAllByDefault = false }.Apply(account);

        Assert.True(account is { ApplyDefaultLog: false, LogAllByDefault: true });
    }

    [Fact]
    public async Task My_own_settings_are_saved()
    {
        var (me, visitor) = await SignedInAsync(Role.User);
        using var _ = visitor;
        var page = await visitor.SeeAsync("/settings/me");
        using var saved = await visitor.SubmitAsync(
            page,
            Form,
            ("Form.Name", "Anna K."),
            ("Form.TimeZone", "Asia/Tokyo"),
            ("Form.Track", "on"),
            ("Form.Log", "off")
        );
        Assert.Equal(HttpStatusCode.Found, saved.StatusCode);

        await using var db = waybill.Db();
        var row = await db.Users.SingleAsync(u => u.Id == me.Id);
        Assert.Equal("Anna K.", row.Name);
        Assert.Equal("Asia/Tokyo", row.TimeZone);
        Assert.True(row.TracksByDefault);
        Assert.False(row.LogsByDefault);
        // The session speaks of the new name at once.
        Assert.Contains(
            "Anna K.",
            (await visitor.SeeAsync("/settings/me")).QuerySelector("#me")!.TextContent,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task I_read_my_aliases_and_can_not_claim_one()
    {
        var (me, visitor) = await SignedInAsync(Role.User);
        using var _ = visitor;
        await using (var db = waybill.Db())
        {
            (await db.Users.SingleAsync(u => u.Id == me.Id)).Aliases = [$"sales-{me.Id}@northwind.test"];
            await db.SaveChangesAsync();
        }
        var page = await visitor.SeeAsync("/settings/me");
        Assert.Contains($"sales-{me.Id}@northwind.test", page.Body!.TextContent, StringComparison.Ordinal);
        using var saved = await visitor.SubmitAsync(page, Form, ("Form.Aliases", "boss@northwind.test"));

        await using var after = waybill.Db();
        Assert.Equal([$"sales-{me.Id}@northwind.test"], (await after.Users.SingleAsync(u => u.Id == me.Id)).Aliases);
    }

    [Fact]
    public async Task What_was_not_logged_is_for_super_admins()
    {
        await using (var db = waybill.Db())
        {
            db.NotLogged.Add(
                new NotLogged
                {
                    SpoolId = 7,
                    At = DateTime.UnixEpoch,
                    Reason = nameof(WhyNotLogged.UnknownSender),
                    From = "stranger@elsewhere.test",
                    Subject = "<b>Hello</b>",
                }
            );
            await db.SaveChangesAsync();
        }
        var (_, admin) = await SignedInAsync(Role.SuperAdmin);
        var (_, user) = await SignedInAsync(Role.User);
        using var a = admin;
        using var u = user;

        var page = await admin.SeeAsync("/settings/not-logged");
        var row = page.QuerySelector("tbody tr")!;
        Assert.Contains("stranger@elsewhere.test", row.TextContent, StringComparison.Ordinal);
        Assert.Contains("<b>Hello</b>", row.TextContent, StringComparison.Ordinal);
        Assert.Contains("not a user of this account", row.TextContent, StringComparison.Ordinal);
        using var refused = await user.Http.GetAsync(new Uri("/settings/not-logged", UriKind.Relative));
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
    }

    [Fact]
    public async Task Settings_opens_my_own()
    {
        var (_, visitor) = await SignedInAsync(Role.User);
        using var _ = visitor;
        using var answer = await visitor.Http.GetAsync(new Uri("/settings", UriKind.Relative));

        Assert.Equal("/settings/me", answer.Headers.Location!.OriginalString);
    }
}
