using Microsoft.Extensions.Localization;
using Waybill.Server.Identity;

namespace Waybill.Server.Settings;

/// <summary>How users are spoken of.</summary>
static class UserWords
{
    public static string Of(Role role, IStringLocalizer words) =>
        role == Role.SuperAdmin ? words["Super admin"] : words["User"];

    public static string Of(Seat seat, IStringLocalizer words) =>
        seat == Seat.Sales ? words["Sales seat"] : words["Free seat"];

    public static string StateOf(User user, InvitationToken tokens, IStringLocalizer words) =>
        user switch
        {
            { Active: false } => words["Deactivated"],
            { InvitedAt: null } => words["Active"],
            _ when tokens.HasRunOut(user) => words["Invitation has run out"],
            _ => words["Invited"],
        };
}
