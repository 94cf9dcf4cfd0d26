using Microsoft.EntityFrameworkCore;
using Waybill.Server.Storage;

namespace Waybill.Server.Logging;

/// <summary>
/// The pictures that stand in a mail, as data: addresses. The frame that shows a mail has no origin of its own, so a browser sends no
/// sign-in cookie with what it loads; and this way the frame's policy needs to allow no address at all.
/// </summary>
public static class InlinePictures
{
    const long LargestPicture = 3 * 1024 * 1024;
    const long LargestPage = 12 * 1024 * 1024;

    static readonly string[] Safe = ["image/png", "image/jpeg", "image/gif", "image/webp"];

    /// <summary>What a browser shows and never runs. SVG is not among them.</summary>
    public static bool IsSafe(string contentType) => Safe.Contains(contentType.Split(';')[0].Trim().ToLowerInvariant());

    /// <summary>Finds a picture by its Content-ID. One page carries 12 MB of them, however often it repeats one.</summary>
    public static async Task<Func<string, string?>> ReadAsync(
        AppDb db,
        Blobs blobs,
        long emailId,
        CancellationToken stop = default
    )
    {
        var parts = await db
            .Attachments.AsNoTracking()
            .Where(a => a.EmailId == emailId && a.ContentId != null && a.Size <= LargestPicture)
            .OrderBy(a => a.Id)
            .Take(100)
            .ToListAsync(stop);
        var found = new Dictionary<string, string>();
        var left = LargestPage;
        foreach (var part in parts.Where(p => IsSafe(p.ContentType)))
        {
            var length = (part.Size * 4 / 3) + 64;
            if (length > left || found.ContainsKey(part.ContentId!))
                continue;
            await using var blob = blobs.Open(part.Blob);
            if (blob is null)
                continue;
            using var bytes = new MemoryStream();
            await blob.CopyToAsync(bytes, stop);
            var type = part.ContentType.Split(';')[0].Trim().ToLowerInvariant();
            found[part.ContentId!] = $"data:{type};base64,{Convert.ToBase64String(bytes.ToArray())}";
            left -= length;
        }
        var shown = LargestPage;
        return cid =>
        {
            if (!found.TryGetValue(cid.Trim('<', '>'), out var picture) || picture.Length > shown)
                return null;
            shown -= picture.Length;
            return picture;
        };
    }
}
