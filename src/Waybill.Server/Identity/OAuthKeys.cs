using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Server;
using OpenIddict.Validation;
using Waybill.Server.Keys;

namespace Waybill.Server.Identity;

/// <summary>OpenIddict's keys from the ring; its options are built anew when the ring changes. The first of a kind signs, all verify.</summary>
sealed class OAuthKeys(KeyRing ring)
    : IConfigureOptions<OpenIddictServerOptions>,
        IOptionsChangeTokenSource<OpenIddictServerOptions>
{
    public string Name => Options.DefaultName;

    public IChangeToken GetChangeToken() => ring.Changed;

    public void Configure(OpenIddictServerOptions options)
    {
        foreach (var key in ring.Of(Purposes.OAuthSigning))
        {
            var signing = ECDsa.Create();
            signing.ImportPkcs8PrivateKey(key.Secret, out _);
            options.SigningCredentials.Add(new(new ECDsaSecurityKey(signing), SecurityAlgorithms.EcdsaSha256));
        }
        foreach (var key in ring.Of(Purposes.OAuthEncryption))
            options.EncryptionCredentials.Add(
                new(
                    new SymmetricSecurityKey(key.Secret),
                    SecurityAlgorithms.Aes256KW,
                    SecurityAlgorithms.Aes256CbcHmacSha512
                )
            );
    }

    /// <summary>Validation copies the server's keys, so it must be built anew after the server's options, never before.</summary>
    public sealed class Validation : IOptionsChangeTokenSource<OpenIddictValidationOptions>, IDisposable
    {
        readonly IDisposable? _server;
        CancellationTokenSource _changed = new();

        public Validation(IOptionsMonitor<OpenIddictServerOptions> server) =>
            _server = server.OnChange(_ => Interlocked.Exchange(ref _changed, new CancellationTokenSource()).Cancel());

        public string Name => Options.DefaultName;

        public IChangeToken GetChangeToken() => new CancellationChangeToken(Volatile.Read(ref _changed).Token);

        public void Dispose()
        {
            _server?.Dispose();
            _changed.Dispose();
        }
    }
}
