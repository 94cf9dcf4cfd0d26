using System.Globalization;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Mvc;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Waybill.Server.Identity;

/// <summary>Approve or Don't connect, posted by the approval page with its antiforgery token.</summary>
static class AnswerApproval
{
    public const string Approve = "approve";

    public static async Task<IResult> HandleAsync(
        HttpContext http,
        CurrentUser who,
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
            || await applications.FindByClientIdAsync(client, stop) is null
            || asked.Principal.GetAuthorizationId() is not { } pairingId
            || await authorizations.FindByIdAsync(pairingId, stop) is not { } authorization
        )
            return Results.LocalRedirect(
                $"{OAuthSetup.ApprovePath}?outcome={(found.State == UserCodeState.RunOut ? "run-out" : "unknown")}"
            );
        if (answer != Approve)
            return Results.Forbid(
                new AuthenticationProperties { RedirectUri = $"{OAuthSetup.ApprovePath}?outcome=refused" },
                [OpenIddictServerAspNetCoreDefaults.AuthenticationScheme]
            );
        // The pairing has had its authorization since the code was given out, as yet nobody's. It ends with everything it gave.
        var pairing = new OpenIddictAuthorizationDescriptor();
        await authorizations.PopulateAsync(pairing, authorization, stop);
        pairing.Subject = who.Id.ToString(CultureInfo.InvariantCulture);
        await authorizations.UpdateAsync(authorization, pairing, stop);
        var principal = IssueToken.For(who.Id, asked.Principal.GetScopes(), pairingId);
        return Results.SignIn(
            principal,
            new AuthenticationProperties { RedirectUri = $"{OAuthSetup.ApprovePath}?outcome=connected" },
            OpenIddictServerAspNetCoreDefaults.AuthenticationScheme
        );
    }
}
