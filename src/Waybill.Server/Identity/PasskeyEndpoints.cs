using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Waybill.Server.Storage;

namespace Waybill.Server.Identity;

/// <summary>What <c>passkey.js</c> asks for and what its forms post. All of it needs the page's antiforgery token.</summary>
static class PasskeyEndpoints
{
    public const string AskPath = "/sign-in/passkey/options";
    public const string AnswerPath = "/sign-in/passkey";
    public const string OfferPath = "/settings/security/passkeys/options";
    public const string AddPath = "/settings/security/passkeys";
    const string SecurityPage = "/settings/security";

    public static void MapPasskeys(this IEndpointRouteBuilder app)
    {
        app.MapPost(AskPath, AskAsync).AllowAnonymous();
        app.MapPost(AnswerPath, AnswerAsync).AllowAnonymous().RequireRateLimiting(IdentitySetup.SignInRate);
        app.MapPost(OfferPath, OfferAsync).RequireAuthorization();
        app.MapPost(AddPath, AddAsync).RequireAuthorization();
    }

    static async Task<IResult> AskAsync(HttpContext http, IAntiforgery antiforgery, Passkeys passkeys) =>
        await antiforgery.IsRequestValidAsync(http) ? Json(await passkeys.AskAsync(http)) : Results.BadRequest();

    static async Task<IResult> AnswerAsync(
        HttpContext http,
        Passkeys passkeys,
        SignInManager<User> signIn,
        KnownBrowser browsers,
        [FromForm] string? credential,
        [FromForm] string? returnUrl
    )
    {
        if (await passkeys.AnsweredAsync(http, credential) is not { } user)
            return Results.LocalRedirect("/sign-in?passkey=refused" + Back(returnUrl));
        browsers.Remember(http, user.Email ?? "");
        await signIn.SignInAsync(user, isPersistent: true);
        return Results.LocalRedirect(SignIn.Target(returnUrl));
    }

    static async Task<IResult> OfferAsync(
        HttpContext http,
        IAntiforgery antiforgery,
        Passkeys passkeys,
        UserManager<User> users,
        AppDb db,
        TimeProvider clock,
        CancellationToken stop
    ) =>
        await antiforgery.IsRequestValidAsync(http)
        && await Sessions.HasFreshProofAsync(db, clock, http.User, stop)
        && await users.GetUserAsync(http.User) is { } user
            ? Json(await passkeys.OfferAsync(http, user))
            : Results.BadRequest();

    static async Task<IResult> AddAsync(
        HttpContext http,
        Passkeys passkeys,
        UserManager<User> users,
        AppDb db,
        TimeProvider clock,
        [FromForm] string? credential,
        [FromForm] string? name,
        CancellationToken stop
    )
    {
        var added =
            await Sessions.HasFreshProofAsync(db, clock, http.User, stop)
            && await users.GetUserAsync(http.User) is { } user
            && await passkeys.AddAsync(http, user, credential, name);
        return Results.LocalRedirect($"{SecurityPage}?done={(added ? "passkey-added" : "passkey-refused")}");
    }

    static IResult Json(string text) => Results.Text(text, "application/json");

    static string Back(string? returnUrl) =>
        returnUrl is { Length: > 0 } && RedirectHttpResult.IsLocalUrl(returnUrl)
            ? $"&returnUrl={Uri.EscapeDataString(returnUrl)}"
            : "";
}
