using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;
using Waybill.Server.Kernel;

namespace Waybill.Server.Identity;

/// <summary>Secrets that must outlive a restart, in <c>keys/</c> of the data folder, readable by this user only.</summary>
public sealed class KeyFolder
{
    readonly string _path;

    public KeyFolder(WaybillOptions options)
    {
        _path = options.InData("keys");
        const UnixFileMode onlyUs = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(_path);
        else
        {
            Directory.CreateDirectory(_path, onlyUs);
            File.SetUnixFileMode(_path, onlyUs);
        }
    }

    public DirectoryInfo Folder => new(_path);

    /// <summary>ES256; OpenIddict wants one asymmetric key.</summary>
    public ECDsaSecurityKey SigningKey()
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        key.ImportFromPem(ReadOrMake("oauth-signing.pem", key.ExportPkcs8PrivateKeyPem));
        return new ECDsaSecurityKey(key);
    }

    public SymmetricSecurityKey EncryptionKey() =>
        new(
            Convert.FromBase64String(
                ReadOrMake("oauth-encryption.key", () => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)))
            )
        );

    string ReadOrMake(string name, Func<string> make)
    {
        var file = Path.Combine(_path, name);
        if (File.Exists(file))
            return File.ReadAllText(file).Trim();
        var made = make();
        var incoming = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            incoming.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var writer = new StreamWriter(file + ".part", incoming))
            writer.WriteLine(made);
        File.Move(file + ".part", file);
        return made;
    }
}
