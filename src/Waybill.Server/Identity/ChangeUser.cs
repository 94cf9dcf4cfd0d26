using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using OpenIddict.Abstractions;
using Waybill.Server.Kernel;
using Waybill.Server.Storage;

namespace Waybill.Server.Identity;

/// <summary>What super admins change about a user. Sessions read role and seat on every request, so it holds at once.</summary>
public sealed class ChangeUser(
    AppDb db,
    UserManager<User> users,
    IOpenIddictAuthorizationManager authorizations,
    IOpenIddictTokenManager tokens,
    WaybillOptions options
)
{
    const string LastOne =
        "This is the last active super admin. Make someone else super admin first, or nobody could manage users.";

    /// <summary>Field name to what is wrong with it, in English; empty when saved. Null: there is no such user.</summary>
    public Task<Dictionary<string, string>?> SaveAsync(long id, UserForm form, CancellationToken stop = default) =>
        UsersOneAtATime.RunAsync(
            db,
            async () =>
            {
                ArgumentNullException.ThrowIfNull(form);
                if (await db.Users.FindAsync([id], stop) is not { } user)
                    return null;
                var wrong = form.Check();
                var (aliases, wrongAlias) = await UserAddresses.ReadAliasesAsync(db, options, form.Aliases, user, stop);
                if (wrongAlias is not null)
                    wrong[nameof(form.Aliases)] = wrongAlias;
                if (form.Role != UserForm.SuperAdmin && await IsLastSuperAdminAsync(user, stop))
                    wrong[nameof(form.Role)] = LastOne;
                if (wrong.Count > 0)
                    return wrong;
                form.Apply(user);
                user.Aliases = aliases;
                await db.SaveChangesAsync(stop);
                return wrong;
            },
            stop
        );

    /// <summary>Why not, in English; null when done.</summary>
    public Task<string?> DeactivateAsync(long id, CancellationToken stop = default) =>
        UsersOneAtATime.RunAsync(
            db,
            async () =>
            {
                if (await db.Users.FindAsync([id], stop) is not { Active: true } user)
                    return null;
                if (await IsLastSuperAdminAsync(user, stop))
                    return LastOne;
                await DeactivateUser.NowAsync(users, authorizations, tokens, user, stop);
                return null;
            },
            stop
        );

    /// <summary>They sign in again with the password they had; panes have to be connected anew.</summary>
    public Task<bool> ReactivateAsync(long id, CancellationToken stop = default) =>
        UsersOneAtATime.RunAsync(
            db,
            async () =>
            {
                if (await db.Users.FindAsync([id], stop) is not { Active: false } user)
                    return false;
                user.Active = true;
                await users.UpdateSecurityStampAsync(user);
                return true;
            },
            stop
        );

    /// <summary>One who is invited and has not come yet does not count: the link may never be followed.</summary>
    async Task<bool> IsLastSuperAdminAsync(User user, CancellationToken stop) =>
        user is { Active: true, Role: Role.SuperAdmin, InvitedAt: null }
        && !await db.Users.AnyAsync(
            u => u.Id != user.Id && u.Active && u.Role == Role.SuperAdmin && u.InvitedAt == null,
            stop
        );
}
