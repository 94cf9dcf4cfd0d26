using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Localization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Waybill.Server.Identity;
using Waybill.Server.Storage;
using Waybill.Server.Ui;

namespace Waybill.Server.Web;

/// <summary>The user's own choice; before sign-in the cookie's, else what the browser asks for.</summary>
public static class Language
{
    public const string Cookie = "waybill-language";

    public static RequestLocalizationOptions Options()
    {
        var options = new RequestLocalizationOptions().AddSupportedCultures(Words.Languages);
        options.AddSupportedUICultures(Words.Languages);
        options.SetDefaultCulture(Words.Languages[0]);
        options.RequestCultureProviders =
        [
            new CustomRequestCultureProvider(http => Task.FromResult(Chosen(http))),
            new AcceptLanguageHeaderRequestCultureProvider(),
        ];
        return options;
    }

    static ProviderCultureResult? Chosen(HttpContext http) =>
        (http.User.FindFirst(Viewer.LanguageClaim)?.Value ?? http.Request.Cookies[Cookie]) is { Length: > 0 } language
            ? new ProviderCultureResult(language)
            : null;

    public static async Task<IResult> ChooseAsync(
        HttpContext http,
        CurrentUser who,
        AppDb db,
        [FromForm] string language,
        [FromForm] string back
    )
    {
        ArgumentNullException.ThrowIfNull(http);
        if (Words.Languages.Contains(language))
        {
            http.Response.Cookies.Append(
                Cookie,
                language,
                new CookieOptions
                {
                    HttpOnly = true,
                    SameSite = SameSiteMode.Lax,
                    Secure = http.Request.IsHttps,
                    MaxAge = TimeSpan.FromDays(365),
                }
            );
            await db
                .Users.Where(u => u.Id == who.Id)
                .ExecuteUpdateAsync(u => u.SetProperty(user => user.Language, language));
        }
        return Results.LocalRedirect(RedirectHttpResult.IsLocalUrl(back) ? back : "/");
    }
}
