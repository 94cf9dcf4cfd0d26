using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;

namespace Waybill.Server.Identity;

static class SignOut
{
    /// <summary>The form has no field of its own, so the antiforgery token is asked for here.</summary>
    public static async Task<Results<RedirectHttpResult, BadRequest>> NowAsync(
        HttpContext http,
        IAntiforgery antiforgery
    )
    {
        if (!await antiforgery.IsRequestValidAsync(http))
            return TypedResults.BadRequest();
        await http.SignOutAsync(IdentityConstants.ApplicationScheme);
        // What was seen must not come back with the back button; storage stays, the pane keeps its own token there.
        http.Response.Headers["Clear-Site-Data"] = "\"cache\"";
        var back = http.Request.Form["returnUrl"].ToString();
        return TypedResults.Redirect(
            back.Length > 0 && RedirectHttpResult.IsLocalUrl(back)
                ? $"/sign-in?returnUrl={Uri.EscapeDataString(back)}"
                : "/sign-in"
        );
    }
}
