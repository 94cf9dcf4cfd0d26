using Microsoft.AspNetCore.Identity;
using Waybill.Server.Kernel;
using Waybill.Server.Notices;
using Waybill.Server.Storage;

namespace Waybill.Server.Identity;

/// <summary>Makes the user, who can do nothing yet, and sends them a link to set their password with.</summary>
public sealed class InviteUser(
    AppDb db,
    UserManager<User> users,
    WaybillOptions options,
    QueueNotice queue,
    InvitationToken tokens,
    TimeProvider clock
)
{
    /// <summary>The id of the new user, or field name to what is wrong with it.</summary>
    public async Task<(long Id, Dictionary<string, string> Wrong)> NowAsync(
        UserForm form,
        CurrentUser inviter,
        string account,
        CancellationToken stop = default
    )
    {
        ArgumentNullException.ThrowIfNull(form);
        var wrong = form.Check();
        return await UsersOneAtATime.RunAsync(
            db,
            async () =>
            {
                var (address, taken) = await UserAddresses.ReadOneAsync(db, options, form.Email, 0, stop);
                if (taken is not null)
                    wrong[nameof(form.Email)] = taken;
                if (wrong.Count > 0)
                    return (0, wrong);
                var user = new User
                {
                    UserName = address.Text,
                    Email = address.Text,
                    Name = "",
                    InvitedAt = clock.GetUtcNow().UtcDateTime,
                };
                form.Apply(user);
                var made = await users.CreateAsync(user);
                if (!made.Succeeded)
                {
                    wrong[nameof(form.Email)] = made.Errors.First().Description;
                    return (0, wrong);
                }
                QueueFor(user, inviter, account);
                await db.SaveChangesAsync(stop);
                return (user.Id, wrong);
            },
            stop
        );
    }

    /// <summary>The earlier links end; false when there is nobody to invite.</summary>
    public async Task<bool> AgainAsync(
        long id,
        CurrentUser inviter,
        string account,
        CancellationToken stop = default
    ) =>
        await UsersOneAtATime.RunAsync(
            db,
            async () =>
            {
                if (await db.Users.FindAsync([id], stop) is not { Active: true, InvitedAt: not null } user)
                    return false;
                user.InvitedAt = clock.GetUtcNow().UtcDateTime;
                await users.UpdateSecurityStampAsync(user);
                QueueFor(user, inviter, account);
                await db.SaveChangesAsync(stop);
                return true;
            },
            stop
        );

    void QueueFor(User user, CurrentUser inviter, string account) =>
        queue.Into(
            db,
            user.Email!,
            user.Name,
            user.Language,
            words => new Letter(
                words["{0} invites you to {1} on Waybill", inviter.Name, account],
                [
                    words["Hello {0},", user.Name],
                    words[
                        "{0} ({1}) invites you to {2} on Waybill, which tracks and logs the mail you write in Outlook.",
                        inviter.Name,
                        inviter.Email,
                        account
                    ],
                    words["Set your password, and you are in. The link works once and for 7 days."],
                ],
                words["Accept the invitation"],
                tokens.LinkFor(user),
                words["You get this mail because someone entered your address. If you did not expect it, do nothing."]
            )
        );
}
