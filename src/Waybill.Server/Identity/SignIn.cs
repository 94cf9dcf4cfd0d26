using Microsoft.AspNetCore.Identity;
using Waybill.Server.Kernel;

namespace Waybill.Server.Identity;

public enum SignInOutcome
{
    SignedIn,

    /// <summary>Unknown, wrong, locked or deactivated: which of them is nobody's business but the log's.</summary>
    Refused,
}

public static class SignIn
{
    static readonly string NoPassword = new PasswordHasher<User>().HashPassword(null!, Guid.NewGuid().ToString());

    public static async Task<SignInOutcome> WithPasswordAsync(
        SignInManager<User> signIn,
        ILogger log,
        string? email,
        string? password
    )
    {
        password ??= "";
        if (password.Length > 256 || !EmailAddress.TryParse(email, out var address))
            return SignInOutcome.Refused;
        var user = await signIn.UserManager.FindByEmailAsync(address.Text);
        if (user is not { Active: true })
        {
            // As slow as a real one, so that the answer's time does not tell who exists.
            signIn.UserManager.PasswordHasher.VerifyHashedPassword(user!, NoPassword, password);
            log.LogInformation("Sign-in refused: {Why}", user is null ? "unknown address" : "deactivated");
            return SignInOutcome.Refused;
        }
        var result = await signIn.PasswordSignInAsync(user, password, isPersistent: true, lockoutOnFailure: true);
        if (result.Succeeded)
            return SignInOutcome.SignedIn;
        log.LogInformation("Sign-in refused for user {UserId}: {Why}", user.Id, result);
        return SignInOutcome.Refused;
    }
}
