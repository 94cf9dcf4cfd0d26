using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Waybill.Server.Identity;

public enum UserCodeState
{
    /// <summary>None was given.</summary>
    Missing,
    Waiting,
    RunOut,

    /// <summary>Never given out, mistyped, or answered already.</summary>
    Unknown,
}

public readonly record struct FoundUserCode(UserCodeState State, DateTimeOffset? AskedAt);

/// <summary>The code a pane shows.</summary>
public static class UserCode
{
    /// <summary>As it is stored: letters only, upper case. People type blanks, dashes and small letters.</summary>
    public static string Normalize(string? typed) =>
        typed is null or { Length: > 64 } ? "" : string.Concat(typed.Where(char.IsAsciiLetter)).ToUpperInvariant();

    /// <summary>As the pane shows it: XXXX-XXXX.</summary>
    public static string Shown(string normalized) =>
        normalized.Length == 8 ? $"{normalized[..4]}-{normalized[4..]}" : normalized;

    public static async Task<FoundUserCode> FindAsync(
        IOpenIddictTokenManager tokens,
        TimeProvider clock,
        string? typed,
        CancellationToken stop
    )
    {
        var code = Normalize(typed);
        if (code.Length == 0)
            return new(UserCodeState.Missing, null);
        if (
            await tokens.FindByReferenceIdAsync(code, stop) is not { } token
            || !await tokens.HasTypeAsync(token, TokenTypeIdentifiers.Private.UserCode, stop)
        )
            return new(UserCodeState.Unknown, null);
        var asked = await tokens.GetCreationDateAsync(token, stop);
        if (!await tokens.HasStatusAsync(token, Statuses.Valid, stop))
            return new(UserCodeState.Unknown, asked);
        return await tokens.GetExpirationDateAsync(token, stop) is { } end && end <= clock.GetUtcNow()
            ? new(UserCodeState.RunOut, asked)
            : new(UserCodeState.Waiting, asked);
    }
}
