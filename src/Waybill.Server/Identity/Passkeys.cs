using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Waybill.Server.Kernel;

namespace Waybill.Server.Identity;

sealed class UserPasskeys : IEntityTypeConfiguration<IdentityUserPasskey<long>>
{
    public void Configure(EntityTypeBuilder<IdentityUserPasskey<long>> builder)
    {
        builder.ToTable("user_passkeys");
        builder.HasKey(p => p.CredentialId);
        builder.Property(p => p.CredentialId).HasMaxLength(1024);
        builder.OwnsOne(p => p.Data).ToJson();
        builder.HasOne<User>().WithMany().HasForeignKey(p => p.UserId).OnDelete(DeleteBehavior.Cascade);
    }
}

/// <summary>
/// Passkeys (WebAuthn level 3). The authenticator asks for PIN, finger or face itself, so one is both factors at once. What was asked waits
/// in a cookie for five minutes and is used once.
/// </summary>
public sealed class Passkeys(
    IPasskeyHandler<User> handler,
    UserManager<User> users,
    WaybillOptions options,
    IDataProtectionProvider protection
)
{
    public const int Most = 20;
    public const int LongestName = 60;

    /// <summary>A credential with attestation is a few KB.</summary>
    const int BiggestCredential = 32 * 1024;

    readonly ShortCookie _cookie = new("waybill-passkey", TimeSpan.FromMinutes(5), options, protection);

    public static void Configure(IdentityPasskeyOptions passkeys, WaybillOptions options)
    {
        var here = new Uri(options.Url);
        passkeys.ServerDomain = here.Host;
        passkeys.UserVerificationRequirement = "required";
        passkeys.ResidentKeyRequirement = "required";
        passkeys.AuthenticatorTimeout = TimeSpan.FromMinutes(5);
        var origin = here.GetLeftPart(UriPartial.Authority);
        passkeys.ValidateOrigin = asked => ValueTask.FromResult(!asked.CrossOrigin && asked.Origin == origin);
    }

    public static string IdText(byte[] credentialId) => Base64Url.EncodeToString(credentialId);

    /// <summary>Options for <c>navigator.credentials.get</c>. Names no user: the authenticator offers what it has for this site.</summary>
    public async Task<string> AskAsync(HttpContext http)
    {
        var asked = await handler.MakeRequestOptionsAsync(null, http);
        _cookie.Write(http, "get " + asked.AssertionState);
        return asked.RequestOptionsJson;
    }

    /// <summary>Whose passkey this is; null when it is nobody's, or not an answer to what was asked.</summary>
    public async Task<User?> AnsweredAsync(HttpContext http, string? credential)
    {
        if (Asked(http, "get ") is not { } state || !IsObject(credential))
            return null;
        var result = await handler.PerformAssertionAsync(
            new PasskeyAssertionContext
            {
                CredentialJson = credential!,
                AssertionState = state,
                HttpContext = http,
            }
        );
        if (!result.Succeeded || !result.User.Active)
            return null;
        await users.AddOrUpdatePasskeyAsync(result.User, result.Passkey);
        return result.User;
    }

    /// <summary>Options for <c>navigator.credentials.create</c>.</summary>
    public async Task<string> OfferAsync(HttpContext http, User user)
    {
        var offered = await handler.MakeCreationOptionsAsync(
            new PasskeyUserEntity
            {
                Id = user.Id.ToString(CultureInfo.InvariantCulture),
                Name = user.Email ?? user.Name,
                DisplayName = user.Name,
            },
            http
        );
        _cookie.Write(http, "new " + offered.AttestationState);
        return offered.CreationOptionsJson;
    }

    public async Task<bool> AddAsync(HttpContext http, User user, string? credential, string? name)
    {
        if (
            Asked(http, "new ") is not { } state
            || !IsObject(credential)
            || (await users.GetPasskeysAsync(user)).Count >= Most
        )
            return false;
        var result = await handler.PerformAttestationAsync(
            new PasskeyAttestationContext
            {
                CredentialJson = credential!,
                AttestationState = state,
                HttpContext = http,
            }
        );
        if (!result.Succeeded || result.UserEntity.Id != user.Id.ToString(CultureInfo.InvariantCulture))
            return false;
        result.Passkey.Name = Called(name);
        return (await users.AddOrUpdatePasskeyAsync(user, result.Passkey)).Succeeded;
    }

    public async Task<bool> RenameAsync(User user, string? id, string? name)
    {
        if (!IsId(id) || await users.GetPasskeyAsync(user, Base64Url.DecodeFromChars(id)) is not { } passkey)
            return false;
        passkey.Name = Called(name);
        return (await users.AddOrUpdatePasskeyAsync(user, passkey)).Succeeded;
    }

    public async Task<bool> RemoveAsync(User user, string? id) =>
        IsId(id) && (await users.RemovePasskeyAsync(user, Base64Url.DecodeFromChars(id))).Succeeded;

    static string Called(string? name)
    {
        var called = name?.Trim() ?? "";
        return called.Length > LongestName ? called[..LongestName] : called;
    }

    static bool IsId([NotNullWhen(true)] string? id) => id is { Length: <= 1400 } && Base64Url.IsValid(id);

    string? Asked(HttpContext http, string what)
    {
        var state = _cookie.Read(http);
        _cookie.Remove(http);
        return state?.StartsWith(what, StringComparison.Ordinal) is true ? state[what.Length..] : null;
    }

    /// <summary>The handler takes JSON that is wrong inside, and throws at what is none.</summary>
    static bool IsObject(string? text)
    {
        if (text is null or { Length: > BiggestCredential })
            return false;
        try
        {
            using var json = JsonDocument.Parse(text);
            return json.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
