using Microsoft.AspNetCore.Identity;
using Waybill.Server.Storage;

namespace Waybill.Server.Identity;

/// <summary>What the page behind an invitation's link posts.</summary>
public sealed class AcceptForm
{
    public string? Name { get; set; }
    public string? Password { get; set; }
    public string? TimeZone { get; set; }
    public string? Language { get; set; }
}

/// <summary>The invited person sets name and password, which uses the link up.</summary>
public sealed class AcceptInvitation(
    AppDb db,
    UserManager<User> users,
    SignInManager<User> signIn,
    InvitationToken tokens
)
{
    public const int LongestPassword = 256;

    /// <summary>Null: the link is not good any more. Else field name to what is wrong with it; empty: they are signed in.</summary>
    public async Task<Dictionary<string, string>?> NowAsync(
        string? token,
        AcceptForm form,
        CancellationToken stop = default
    )
    {
        ArgumentNullException.ThrowIfNull(form);
        var (user, wrong) = await UsersOneAtATime.RunAsync(db, () => TakeAsync(token, form, stop), stop);
        if (wrong is { Count: 0 })
            await signIn.SignInAsync(user!, isPersistent: true);
        return wrong;
    }

    async Task<(User? User, Dictionary<string, string>? Wrong)> TakeAsync(
        string? token,
        AcceptForm form,
        CancellationToken stop
    )
    {
        if (await tokens.WhoseAsync(db, token, stop) is not { } user)
            return (null, null);
        var shape = new UserForm
        {
            Name = form.Name,
            TimeZone = form.TimeZone,
            Language = form.Language,
        };
        var wrong = shape.Check();
        if (await WrongPasswordAsync(users, user, form.Password) is { } what)
            wrong[nameof(form.Password)] = what;
        if (wrong.Count > 0)
            return (user, wrong);
        user.Name = form.Name!.Trim();
        user.TimeZone = form.TimeZone!;
        user.Language = form.Language!;
        user.InvitedAt = null;
        user.EmailConfirmed = true;
        // Changes the stamp, so that no link of this invitation works again.
        var set = await users.AddPasswordAsync(user, form.Password!);
        if (!set.Succeeded)
            throw new InvalidOperationException(string.Join(" ", set.Errors.Select(e => e.Description)));
        return (user, wrong);
    }

    /// <summary>What the account's password rules say against it, in English; null: nothing.</summary>
    public static async Task<string?> WrongPasswordAsync(UserManager<User> users, User user, string? password)
    {
        ArgumentNullException.ThrowIfNull(users);
        if (password is { Length: > LongestPassword })
            return "Choose a password of at most 256 characters.";
        foreach (var rule in users.PasswordValidators)
            if (await rule.ValidateAsync(users, user, password ?? "") is { Succeeded: false } said)
                return said.Errors.First().Description;
        return null;
    }
}
