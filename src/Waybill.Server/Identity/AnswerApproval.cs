using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using Waybill.Server.Storage;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Waybill.Server.Identity;

/// <summary>Approve or Don't connect, posted by the approval page with its antiforgery token.</summary>
static class AnswerApproval
{
    public const string Approve = "approve";

    public static async Task<IResult> HandleAsync(
        HttpContext http,
        CurrentUser who,
        AppDb db,
        IOpenIddictApplicationManager applications,
        IOpenIddictAuthorizationManager authorizations,
        IOpenIddictTokenManager tokens,
        TimeProvider clock,
        [FromForm] string? answer,
        [FromForm(Name = "user_code")] string? code,
        CancellationToken stop
    )
    {
        var found = await UserCode.FindAsync(tokens, clock, code, stop);
        // An unknown code authenticates as succeeded, only without a client.
        var asked = await http.AuthenticateAsync(OpenIddictServerAspNetCoreDefaults.AuthenticationScheme);
        if (
            found.State != UserCodeState.Waiting
            || !asked.Succeeded
            || asked.Principal.GetClaim(Claims.ClientId) is not { Length: > 0 } client
            || await applications.FindByClientIdAsync(client, stop) is not { } application
        )
            return Results.LocalRedirect(
                $"{OAuthSetup.ApprovePath}?outcome={(found.State == UserCodeState.RunOut ? "run-out" : "unknown")}"
            );
        if (answer != Approve)
            return Results.Forbid(
                new AuthenticationProperties { RedirectUri = $"{OAuthSetup.ApprovePath}?outcome=refused" },
                [OpenIddictServerAspNetCoreDefaults.AuthenticationScheme]
            );
        var user = await db.Users.FirstAsync(u => u.Id == who.Id, stop);
        var scopes = asked.Principal.GetScopes();
        var principal = IssueToken.For(user, scopes, authorizationId: null);
        // One authorization a pairing, so that each Outlook can be ended by itself.
        var authorization = await authorizations.CreateAsync(
            identity: (System.Security.Claims.ClaimsIdentity)principal.Identity!,
            subject: principal.GetClaim(Claims.Subject)!,
            client: (await applications.GetIdAsync(application, stop))!,
            type: AuthorizationTypes.Permanent,
            scopes: scopes,
            cancellationToken: stop
        );
        principal.SetAuthorizationId(await authorizations.GetIdAsync(authorization, stop));
        return Results.SignIn(
            principal,
            new AuthenticationProperties { RedirectUri = $"{OAuthSetup.ApprovePath}?outcome=connected" },
            OpenIddictServerAspNetCoreDefaults.AuthenticationScheme
        );
    }
}
