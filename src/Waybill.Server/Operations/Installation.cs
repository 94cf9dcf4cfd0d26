using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Waybill.Server.Kernel;

namespace Waybill.Server.Operations;

/// <summary>
/// <c>/.well-known/waybill/NONCE</c>: this installation proves that it is the one whose data folder the doctor can read, and says how
/// the request looked when it arrived. It tells an asker nothing but what it sent itself.
/// </summary>
static class Installation
{
    public const string Path = "/.well-known/waybill";
    const int NonceLength = 32;

    /// <param name="Proof">The nonce under a key of the data folder.</param>
    /// <param name="Scheme">http or https, as the application understands it.</param>
    /// <param name="Host">The name the request came under.</param>
    /// <param name="From">The asker's address, as the application understands it.</param>
    /// <param name="Forwarded">A trusted proxy told us all this.</param>
    /// <param name="Upgrade">The request could become a websocket.</param>
    public sealed record Answer(string Proof, string Scheme, string Host, string From, bool Forwarded, bool Upgrade);

    public static void MapInstallation(this IEndpointRouteBuilder app, WaybillOptions options)
    {
        var key = Key(options);
        app.MapGet(
                $"{Path}/{{nonce:length({NonceLength}):regex(^[0-9a-f]+$)}}",
                (string nonce, HttpContext http) =>
                {
                    http.Response.Headers.CacheControl = "no-store";
                    return TypedResults.Ok(
                        new Answer(
                            Prove(key, nonce),
                            http.Request.Scheme,
                            http.Request.Host.Value ?? "",
                            http.Connection.RemoteIpAddress?.ToString() ?? "",
                            http.Request.Headers.ContainsKey("X-Original-For"),
                            http.Features.Get<IHttpUpgradeFeature>()?.IsUpgradableRequest == true
                        )
                    );
                }
            )
            .AllowAnonymous();
    }

    public static string Nonce() => RandomNumberGenerator.GetHexString(NonceLength, lowercase: true);

    public static string Prove(byte[] key, string nonce) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes("waybill installation " + nonce)));

    /// <summary>Made at the first start.</summary>
    public static byte[] Key(WaybillOptions options)
    {
        var file = options.InData("keys", "installation.key");
        if (ReadKey(options) is { } kept)
            return kept;
        var made = RandomNumberGenerator.GetBytes(32);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
        using var stream = new FileStream(
            file,
            new FileStreamOptions
            {
                Mode = FileMode.Create,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            }
        );
        stream.Write(made);
        return made;
    }

    /// <summary>Null: Waybill has never run on this folder.</summary>
    public static byte[]? ReadKey(WaybillOptions options)
    {
        var file = options.InData("keys", "installation.key");
        return File.Exists(file) && File.ReadAllBytes(file) is { Length: 32 } key ? key : null;
    }
}
