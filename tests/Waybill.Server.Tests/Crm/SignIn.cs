using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Identity;
using Waybill.Server.Identity;

namespace Waybill.Server.Tests.Crm;

/// <summary>Signs in as a person does: by the form.</summary>
public static partial class SignIn
{
    const string Word = "juniper-otter-4711";

    /// <summary>A user and a browser of theirs that follows no redirects.</summary>
    public static async Task<(User User, HttpClient Browser)> AsNewUserAsync(
        WaybillHost host,
        Action<User>? change = null
    )
    {
        var user = await host.AddUserAsync(
            $"user-{Guid.NewGuid():n}@northwind.test",
            u =>
            {
                u.Name = "Anna Kowalska";
                u.PasswordHash = new PasswordHasher<User>().HashPassword(u, Word);
                change?.Invoke(u);
            }
        );
        var browser = Browser(host);
        var form = await browser.GetStringAsync("/sign-in");
        using var fields = new FormUrlEncodedContent(
            new Dictionary<string, string>
            {
                ["__RequestVerificationToken"] = Token().Match(form).Groups[1].Value,
                ["_handler"] = "sign-in",
                ["Form.Email"] = user.Email!,
                ["Form.Password"] = Word,
            }
        );
        using var answer = await browser.PostAsync("/sign-in", fields);
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        return (user, browser);
    }

    public static HttpClient Browser(WaybillHost host)
    {
        var browser = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false })
        {
            BaseAddress = new Uri(host.Url),
        };
        browser.DefaultRequestHeaders.Add("Accept", "text/html");
        return browser;
    }

    public static string TokenOf(string page) => Token().Match(page).Groups[1].Value;

    [GeneratedRegex("name=\"__RequestVerificationToken\"[^>]*value=\"([^\"]+)\"")]
    private static partial Regex Token();
}
