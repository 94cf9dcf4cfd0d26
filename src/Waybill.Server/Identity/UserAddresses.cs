using Waybill.Server.Kernel;
using Waybill.Server.Storage;

namespace Waybill.Server.Identity;

/// <summary>A From address belongs to one user, or mail would be logged as someone else's.</summary>
public static class UserAddresses
{
    const int Most = 20;
    const string Taken = "This address belongs to another user.";

    /// <summary>What is wrong with a sign-in address, in English; null when it can be taken.</summary>
    public static async Task<(EmailAddress Address, string? Wrong)> ReadOneAsync(
        AppDb db,
        WaybillOptions options,
        string? text,
        long ownerId,
        CancellationToken stop = default
    )
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!EmailAddress.TryParse(text, out var address))
            return (address, "Give an email address, such as anna@example.com.");
        if (options.IsLoggingAddress(address))
            return (address, "This is the account’s own address for logging. Give the address of a person.");
        if (await FindUser.BySendingAddressAsync(db, address, stop) is { } owner && owner.Id != ownerId)
            return (address, Taken);
        return (address, null);
    }

    /// <summary>One address a line. What is wrong, in English; null when all can be taken.</summary>
    public static async Task<(List<string> Aliases, string? Wrong)> ReadAliasesAsync(
        AppDb db,
        WaybillOptions options,
        string? text,
        User owner,
        CancellationToken stop = default
    )
    {
        ArgumentNullException.ThrowIfNull(owner);
        var aliases = new List<string>();
        var lines = (text ?? "").Split(
            ['\n', '\r', ',', ';', ' '],
            StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries
        );
        if (lines.Length > Most)
            return (aliases, "Give at most 20 addresses.");
        foreach (var line in lines)
        {
            var (address, wrong) = await ReadOneAsync(db, options, line, owner.Id, stop);
            if (wrong is not null)
                return (
                    aliases,
                    EmailAddress.TryParse(line, out _) ? OneOfThese(wrong) : "One of these is not an email address."
                );
            if (address.Text != owner.Email && !aliases.Contains(address.Text))
                aliases.Add(address.Text);
        }
        return (aliases, null);
    }

    static string OneOfThese(string wrong) =>
        wrong == Taken
            ? "One of these belongs to another user."
            : "One of these is the account’s own address for logging.";
}
