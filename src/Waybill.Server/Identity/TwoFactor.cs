using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using OtpNet;
using QRCoder;
using Waybill.Server.Storage;

namespace Waybill.Server.Identity;

public sealed record TwoFactorState(bool On, DateTime? Since, int CodesLeft);

/// <summary>Codes of an authenticator app (RFC 6238: SHA-1, 6 digits, 30 s, which every app knows) and recovery codes.</summary>
public sealed class TwoFactor(IDataProtectionProvider protection, TimeProvider clock)
{
    public const int RecoveryCodes = 10;
    const int SecretBytes = 20;
    const string Letters = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

    /// <summary>A clock may be half a minute off either way.</summary>
    static readonly VerificationWindow Window = new(previous: 1, future: 1);

    readonly IDataProtector _protector = protection.CreateProtector("Waybill.TwoFactor");

    public static async Task<TwoFactorState> StateAsync(AppDb db, long userId, CancellationToken stop)
    {
        var since = await db
            .SecondFactors.Where(f => f.UserId == userId)
            .Select(f => f.ConfirmedAt)
            .FirstOrDefaultAsync(stop);
        return new(since is not null, since, await db.RecoveryCodes.CountAsync(c => c.UserId == userId, stop));
    }

    /// <summary>The secret to put into the app, in base 32; the same one until it is confirmed. Null when two-factor is on.</summary>
    public async Task<string?> ProposeAsync(AppDb db, long userId, CancellationToken stop)
    {
        var factor = await db.SecondFactors.FirstOrDefaultAsync(f => f.UserId == userId, stop);
        if (factor is { ConfirmedAt: not null })
            return null;
        if (factor is null)
        {
            factor = new SecondFactor
            {
                UserId = userId,
                Secret = _protector.Protect(Base32Encoding.ToString(RandomNumberGenerator.GetBytes(SecretBytes))),
                Salt = RandomNumberGenerator.GetBytes(16),
            };
            db.SecondFactors.Add(factor);
            await db.SaveChangesAsync(stop);
        }
        return _protector.Unprotect(factor.Secret);
    }

    public static string Uri(string secret, string email, string account) =>
        new OtpUri(OtpType.Totp, secret, email, account.Length > 0 ? $"Waybill {account}" : "Waybill").ToString();

    /// <summary>Without size or style of its own, black on white in either theme: that is what cameras read.</summary>
    public static string QrSvg(string uri)
    {
        using var data = QRCodeGenerator.GenerateQrCode(uri, QRCodeGenerator.ECCLevel.M);
        using var svg = new SvgQRCode(data);
        return svg.GetGraphic(4, "#000", "#fff", drawQuietZones: true, SvgQRCode.SizingMode.ViewBoxAttribute);
    }

    /// <summary>Turns it on with the first code. The recovery codes are shown now and never again; null when the code is wrong.</summary>
    public async Task<IReadOnlyList<string>?> ConfirmAsync(AppDb db, User user, string? code, CancellationToken stop)
    {
        var factor = await db.SecondFactors.FirstOrDefaultAsync(f => f.UserId == user.Id, stop);
        if (factor is not { ConfirmedAt: null } || StepOf(factor, code) is not { } step)
            return null;
        factor.ConfirmedAt = clock.GetUtcNow().UtcDateTime;
        factor.LastStep = step;
        user.TwoFactorEnabled = true;
        db.Users.Update(user);
        await db.SaveChangesAsync(stop);
        return await NewRecoveryCodesAsync(db, factor, stop);
    }

    /// <summary>Ten new ones; the old ones are worth nothing any more. Null when two-factor is off.</summary>
    public static async Task<IReadOnlyList<string>?> RenewRecoveryCodesAsync(
        AppDb db,
        long userId,
        CancellationToken stop
    ) =>
        await db.SecondFactors.FirstOrDefaultAsync(f => f.UserId == userId && f.ConfirmedAt != null, stop) is { } factor
            ? await NewRecoveryCodesAsync(db, factor, stop)
            : null;

    /// <summary>Right, and not used before: a code of the app counts once, a recovery code too.</summary>
    public async Task<bool> TakesAsync(AppDb db, User user, string? code, CancellationToken stop)
    {
        var factor = await db
            .SecondFactors.AsNoTracking()
            .FirstOrDefaultAsync(f => f.UserId == user.Id && f.ConfirmedAt != null, stop);
        if (factor is null || code is null or { Length: > 40 })
            return false;
        if (StepOf(factor, code) is { } step)
            return await db
                    .SecondFactors.Where(f => f.UserId == user.Id && f.LastStep < step)
                    .ExecuteUpdateAsync(change => change.SetProperty(f => f.LastStep, step), stop) == 1;
        var hash = Hash(code, factor.Salt);
        return await db.RecoveryCodes.Where(c => c.UserId == user.Id && c.Hash == hash).ExecuteDeleteAsync(stop) == 1;
    }

    /// <summary>
    /// Off, by the user or, when phone and codes are gone, by a super admin, who must be sure of whom they speak to. What is signed in as
    /// the user ends when somebody else does it.
    /// </summary>
    public static async Task RemoveAsync(
        AppDb db,
        UserManager<User> users,
        User user,
        bool endSessions,
        CancellationToken stop = default
    )
    {
        await db.SecondFactors.Where(f => f.UserId == user.Id).ExecuteDeleteAsync(stop);
        user.TwoFactorEnabled = false;
        if (endSessions)
            await users.UpdateSecurityStampAsync(user);
        else
            await users.UpdateAsync(user);
    }

    long? StepOf(SecondFactor factor, string? code)
    {
        var digits = string.Concat((code ?? "").Where(c => !char.IsWhiteSpace(c)));
        if (digits.Length != 6 || !digits.All(char.IsAsciiDigit))
            return null;
        var totp = new Totp(Base32Encoding.ToBytes(_protector.Unprotect(factor.Secret)));
        return totp.VerifyTotp(clock.GetUtcNow().UtcDateTime, digits, out var step, Window) ? step : null;
    }

    static async Task<IReadOnlyList<string>> NewRecoveryCodesAsync(
        AppDb db,
        SecondFactor factor,
        CancellationToken stop
    )
    {
        var codes = Enumerable
            .Range(0, RecoveryCodes)
            .Select(_ => RandomNumberGenerator.GetString(Letters, 10).Insert(5, "-"))
            .ToList();
        await using var transaction = await db.Database.BeginTransactionAsync(stop);
        await db.RecoveryCodes.Where(c => c.UserId == factor.UserId).ExecuteDeleteAsync(stop);
        db.RecoveryCodes.AddRange(
            codes.Select(c => new RecoveryCode { UserId = factor.UserId, Hash = Hash(c, factor.Salt) })
        );
        await db.SaveChangesAsync(stop);
        await transaction.CommitAsync(stop);
        return codes;
    }

    /// <summary>50 bits are too few for a plain hash (ASVS 5.0 6.5.2). One salt a user, so that a try costs one derivation, not ten.</summary>
    static string Hash(string code, byte[] salt)
    {
        var typed = string.Concat(code.ToUpperInvariant().Where(char.IsAsciiLetterOrDigit));
        return Convert.ToHexStringLower(
            Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(typed), salt, 100_000, HashAlgorithmName.SHA512, 32)
        );
    }
}
