using System.Net;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using OtpNet;
using Waybill.Server.Identity;

namespace Waybill.Server.Tests.Identity;

/// <summary>What the tests of Settings, Security do again and again.</summary>
public static class SecurityHost
{
    public const string Page = "/settings/security";

    public static async Task<(User User, WebVisitor Visitor)> SignedInAsync(this WaybillHost waybill)
    {
        var user = await waybill.AddUserAsync($"{Guid.NewGuid():N}@northwind.test", WebVisitor.GivePassword);
        var visitor = new WebVisitor(waybill.Url);
        await visitor.SignInAsync(user.Email!);
        return (user, visitor);
    }

    /// <summary>Another browser of the same user.</summary>
    public static async Task<WebVisitor> AgainAsync(this WaybillHost waybill, User user)
    {
        var visitor = new WebVisitor(waybill.Url);
        await visitor.SignInAsync(user.Email!);
        return visitor;
    }

    public static async Task<bool> IsSignedInAsync(this WebVisitor visitor)
    {
        using var answer = await visitor.Http.GetAsync(new Uri("/settings/me", UriKind.Relative));
        return answer.StatusCode == HttpStatusCode.OK;
    }

    /// <summary>Posts the form of that name.</summary>
    public static Task<HttpResponseMessage> PostAsync(
        this WebVisitor visitor,
        IHtmlDocument page,
        string form,
        params (string Name, string? Value)[] changes
    ) => visitor.SubmitAsync(page, $"form:has(input[name=_handler][value='{form}'])", changes);

    public static async Task<IHtmlDocument> ReadAsync(HttpResponseMessage answer)
    {
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return new HtmlParser().ParseDocument(await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Turns two-factor on as a person does; returns the app's secret and the recovery codes.</summary>
    public static async Task<(string Secret, string[] Codes)> TurnOnTwoFactorAsync(this WebVisitor visitor)
    {
        var page = await visitor.SeeAsync("/settings/security/two-factor");
        Assert.NotNull(page.QuerySelector(".qr svg"));
        var secret = page.QuerySelector("code")!.TextContent.Replace(" ", "", StringComparison.Ordinal);
        using var answer = await visitor.PostAsync(page, "two-factor", ("Form.Code", CodeOf(secret)));
        var codes = (await ReadAsync(answer)).QuerySelectorAll(".codes code").Select(c => c.TextContent).ToArray();
        Assert.Equal(TwoFactor.RecoveryCodes, codes.Length);
        return (secret, codes);
    }

    /// <param name="steps">0: the code of now; 1: the next one, which is taken too and was not used yet.</param>
    public static string CodeOf(string secret, int steps = 0) =>
        new Totp(Base32Encoding.ToBytes(secret)).ComputeTotp(
            TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(30 * steps)
        );
}
