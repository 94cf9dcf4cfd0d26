using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.EntityFrameworkCore;
using Waybill.Server.Identity;
using Waybill.Server.Kernel;
using Waybill.Server.Storage;

namespace Waybill.Server.Settings;

/// <summary>
/// Before the first user there is nobody to sign in: every page leads to the one that makes the account, and that page asks for a code
/// only who runs the server can read.
/// </summary>
public sealed class NewInstallation(WaybillOptions options, IDbContextFactory<AppDb> database)
{
    public const string Path = "/welcome";
    const string CodeLetters = "BCDFGHJKLMNPQRSTVWXZ23456789";
    const int CodeLength = 24;

    readonly Lock _codeLock = new();
    volatile bool _settled = options.Demo;
    string? _code;

    /// <summary>Where the code is kept, so that a restart prints the same one.</summary>
    public string CodeFile => options.InData("setup-code");

    public string Code
    {
        get
        {
            lock (_codeLock)
                return _code ??= ReadOrMakeCode();
        }
    }

    /// <summary>A yes can change, a no stays.</summary>
    public async ValueTask<bool> IsNewAsync(CancellationToken stop = default)
    {
        if (_settled)
            return false;
        await using var db = await database.CreateDbContextAsync(stop);
        if (await db.Users.AnyAsync(stop))
            Settle();
        return !_settled;
    }

    public bool IsCode(string? given) =>
        given is { Length: < 100 }
        && CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(given.Trim().ToUpperInvariant()),
            Encoding.UTF8.GetBytes(Code)
        );

    /// <summary>The account is made; the code opens nothing any more.</summary>
    public void Settle()
    {
        _settled = true;
        File.Delete(CodeFile);
    }

    string ReadOrMakeCode()
    {
        if (File.Exists(CodeFile) && File.ReadAllText(CodeFile).Trim() is { Length: CodeLength } kept)
            return kept;
        var made = RandomNumberGenerator.GetString(CodeLetters, CodeLength);
        var onlyForUs = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            onlyForUs.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var writer = new StreamWriter(CodeFile, onlyForUs);
        writer.WriteLine(made);
        return made;
    }
}

public static class NewInstallationPages
{
    /// <summary>Pages only: pixels, mail, health and the pane's calls answer as ever.</summary>
    public static void UseNewInstallation(this IApplicationBuilder app, WaybillOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Demo)
            return;
        app.Use(
            async (http, next) =>
            {
                var atWelcome = http.Request.Path.Equals(NewInstallation.Path, StringComparison.OrdinalIgnoreCase);
                if (!atWelcome && !IsPage(http))
                {
                    await next(http);
                    return;
                }
                var installation = http.RequestServices.GetRequiredService<NewInstallation>();
                var isNew = await installation.IsNewAsync(http.RequestAborted);
                if (isNew && !atWelcome)
                    http.Response.Redirect(NewInstallation.Path);
                else if (!isNew && atWelcome)
                    http.Response.Redirect("/feed");
                else
                    await next(http);
            }
        );
    }

    static bool IsPage(HttpContext http) =>
        http.GetEndpoint()?.Metadata.GetMetadata<ComponentTypeMetadata>() is not null
        && !http.Request.Path.StartsWithSegments("/error");
}
