using System.Security.Cryptography;
using Waybill.Server.Kernel;

namespace Waybill.Server.Storage;

/// <summary>Bytes kept by their SHA-256, so that the same attachment on many mails is on disk once.</summary>
public sealed class Blobs(string folder)
{
    /// <summary>Durable when it returns. The id is the content's SHA-256 in lower-case hex.</summary>
    public async Task<string> PutAsync(Stream content, CancellationToken stop = default)
    {
        Directory.CreateDirectory(folder);
        var incoming = Path.Combine(folder, $"{Path.GetRandomFileName()}.part");
        try
        {
            string id;
            await using (var file = new FileStream(incoming, FileMode.CreateNew, FileAccess.Write))
            {
                using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
                var buffer = new byte[81920];
                int read;
                while ((read = await content.ReadAsync(buffer, stop)) > 0)
                {
                    sha.AppendData(buffer, 0, read);
                    await file.WriteAsync(buffer.AsMemory(0, read), stop);
                }
                id = Convert.ToHexStringLower(sha.GetHashAndReset());
                file.Flush(flushToDisk: true);
            }
            var shelf = Path.GetDirectoryName(PathOf(id))!;
            var made = !Directory.Exists(shelf);
            Directory.CreateDirectory(shelf);
            File.Move(incoming, PathOf(id), overwrite: true);
            Disk.FlushFolder(shelf);
            if (made)
                Disk.FlushFolder(folder);
            return id;
        }
        finally
        {
            File.Delete(incoming);
        }
    }

    /// <summary>Removes what a server that was killed left half written. Only while nobody puts anything.</summary>
    public void Sweep()
    {
        if (Directory.Exists(folder))
            foreach (var unfinished in Directory.GetFiles(folder, "*.part"))
                File.Delete(unfinished);
    }

    public Stream? Open(string id) =>
        IsId(id) && File.Exists(PathOf(id))
            ? new FileStream(PathOf(id), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete)
            : null;

    public void Delete(string id)
    {
        if (IsId(id))
            File.Delete(PathOf(id));
    }

    string PathOf(string id) => Path.Combine(folder, id[..2], id);

    static bool IsId(string id) => id.Length == 64 && id.All(char.IsAsciiHexDigitLower);
}
