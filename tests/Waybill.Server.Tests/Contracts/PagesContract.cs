using Waybill.Server.Crm;
using Waybill.Server.Identity;
using Waybill.Server.Tests.Identity;

namespace Waybill.Server.Tests.Contracts;

public sealed class PagesOnSqlite(SqliteHost host) : PagesContract(host), IClassFixture<SqliteHost>;

public sealed class PagesOnPostgres(PostgresHost host) : PagesContract(host), IClassFixture<PostgresHost>;

/// <summary>Each page opens on either database. That its parts share no database context is LayoutTests' to say: here it shows by chance only.</summary>
public abstract class PagesContract(WaybillHost host)
{
    [Fact]
    public async Task Each_page_opens()
    {
        var admin = await host.AddUserAsync(
            $"{Guid.NewGuid():N}@northwind.test",
            u =>
            {
                WebVisitor.GivePassword(u);
                u.Role = Role.SuperAdmin;
            }
        );
        var contact = await host.AddRecordAsync(
            RecordTypes.Contact,
            "Maria Nowak",
            c => c["email"] = "lead@contoso.test"
        );
        using var visitor = new WebVisitor(host.Url);
        await visitor.SignInAsync(admin.Email!);

        string[] paths =
        [
            "/feed",
            "/feed/first-steps",
            "/mail",
            "/search?q=maria",
            "/contacts",
            "/contacts?q=maria",
            $"/contacts/{contact.Id}",
            "/contacts/new",
            "/companies",
            "/deals",
            "/tickets",
            "/settings/me",
            "/settings/security",
            "/settings/security/two-factor",
            "/settings/connected-apps",
            "/settings/email-log-and-track",
            "/settings/privacy",
            "/settings/users",
            "/settings/users/invite",
            $"/settings/users/{admin.Id}",
            "/settings/notices",
            "/settings/not-logged",
            "/settings/set-aside",
        ];
        foreach (var path in paths)
        {
            using var answer = await visitor.Http.GetAsync(new Uri(path, UriKind.Relative));
            Assert.True((int)answer.StatusCode == 200, $"{path}: {(int)answer.StatusCode}");
        }
    }
}
