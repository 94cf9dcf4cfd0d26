using Waybill.Server.Keys;

namespace Waybill.Server.Tracking;

/// <summary>
/// The keys behind pixel and click URLs, at hand while the database is away. The newest signs, all verify: a key stays for as long as
/// mails carry it.
/// </summary>
public sealed class LinkKeys(KeyRing ring)
{
    public byte NewestId => (byte)ring.Newest(Purposes.Links).Number;

    /// <summary>Keys the pseudonyms of remote addresses; signs nothing.</summary>
    internal byte[] Addresses => ring.Newest(Purposes.Addresses).Secret;

    internal byte[]? Find(byte id) => ring.Find(Purposes.Links, id)?.Secret;
}
