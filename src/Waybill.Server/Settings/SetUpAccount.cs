using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Waybill.Server.Identity;
using Waybill.Server.Kernel;
using Waybill.Server.Storage;

namespace Waybill.Server.Settings;

/// <summary>What the page /welcome posts.</summary>
public sealed class WelcomeForm
{
    public string? Account { get; set; }

    /// <summary>One a line.</summary>
    public string? OwnDomains { get; set; }

    public string? Name { get; set; }
    public string? Email { get; set; }
    public string? Password { get; set; }
    public string? TimeZone { get; set; }
    public string? Language { get; set; }
}

public enum SetUpOutcome
{
    Done,

    /// <summary>Not the code the console shows.</summary>
    WrongCode,

    /// <summary>Someone else was first.</summary>
    TooLate,
    WrongFields,
}

/// <summary>Makes the account and its first super admin, once.</summary>
public sealed class SetUpAccount(
    AppDb db,
    UserManager<User> users,
    SignInManager<User> signIn,
    WaybillOptions options,
    NewInstallation installation
)
{
    public async Task<(SetUpOutcome Outcome, Dictionary<string, string> Wrong)> NowAsync(
        string? code,
        WelcomeForm form,
        CancellationToken stop = default
    )
    {
        ArgumentNullException.ThrowIfNull(form);
        if (!installation.IsCode(code))
            return (SetUpOutcome.WrongCode, []);
        var (outcome, user, wrong) = await UsersOneAtATime.RunAsync(db, () => MakeAsync(form, stop), stop);
        if (outcome is SetUpOutcome.Done or SetUpOutcome.TooLate)
            installation.Settle();
        if (outcome == SetUpOutcome.Done)
            await signIn.SignInAsync(user!, isPersistent: true);
        return (outcome, wrong);
    }

    async Task<(SetUpOutcome, User?, Dictionary<string, string>)> MakeAsync(WelcomeForm form, CancellationToken stop)
    {
        if (await db.Users.AnyAsync(stop))
            return (SetUpOutcome.TooLate, null, []);
        var shape = new UserForm
        {
            Name = form.Name,
            TimeZone = form.TimeZone,
            Language = form.Language,
            Role = UserForm.SuperAdmin,
        };
        var wrong = shape.Check();
        var account = await db.AccountSettings.SingleOrDefaultAsync(stop);
        if (account is null)
            db.AccountSettings.Add(account = new AccountSettings());
        if (UserForm.WrongName(form.Account) is { } wrongAccount)
            wrong[nameof(form.Account)] = wrongAccount;
        if (ReadDomains(form, account) is { } wrongDomain)
            wrong[nameof(form.OwnDomains)] = wrongDomain;
        var (address, wrongAddress) = await UserAddresses.ReadOneAsync(db, options, form.Email, 0, stop);
        if (wrongAddress is not null)
            wrong[nameof(form.Email)] = wrongAddress;
        var user = new User
        {
            UserName = address.Text,
            Email = address.Text,
            Name = form.Name ?? "",
            EmailConfirmed = true,
        };
        if (await AcceptInvitation.WrongPasswordAsync(users, user, form.Password) is { } wrongPassword)
            wrong[nameof(form.Password)] = wrongPassword;
        if (wrong.Count > 0)
            return (SetUpOutcome.WrongFields, null, wrong);
        account.Name = form.Account!.Trim();
        shape.Apply(user);
        var made = await users.CreateAsync(user, form.Password!);
        if (!made.Succeeded)
        {
            wrong[nameof(form.Email)] = made.Errors.First().Description;
            return (SetUpOutcome.WrongFields, null, wrong);
        }
        await db.SaveChangesAsync(stop);
        return (SetUpOutcome.Done, user, wrong);
    }

    static string? ReadDomains(WelcomeForm form, AccountSettings account)
    {
        var privacy = PrivacyForm.Of(account);
        privacy.OwnDomains = form.OwnDomains;
        return privacy.Apply(account);
    }
}
