using Microsoft.EntityFrameworkCore;
using Waybill.Server.Kernel;
using Waybill.Server.Storage;

namespace Waybill.Server.Crm;

public static class MatchContacts
{
    /// <summary>The contacts these addresses belong to; an address nobody has is absent.</summary>
    public static async Task<Dictionary<EmailAddress, Record>> ByAddressAsync(
        AppDb db,
        IReadOnlyCollection<EmailAddress> addresses,
        CancellationToken stop = default
    )
    {
        var texts = addresses.Select(a => a.Text).Distinct().ToList();
        var found = await (
            from address in db.ContactAddresses
            join contact in db.Records on address.ContactId equals contact.Id
            where texts.Contains(address.Address) && !contact.Archived
            select new { address.Address, contact }
        ).ToListAsync(stop);
        return found.ToDictionary(f => EmailAddress.Parse(f.Address), f => f.contact);
    }
}
