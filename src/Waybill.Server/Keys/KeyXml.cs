using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.EntityFrameworkCore;
using Waybill.Server.Storage;

namespace Waybill.Server.Keys;

/// <summary>
/// The keys of data protection in the table, so that nodes share them. They are never deleted: authenticator secrets are under them too.
/// The library keeps them in memory, makes the next two days before it is used, and reads again when it meets one it does not know.
/// </summary>
sealed class KeyXml(IDbContextFactory<AppDb> databases, KeyRing ring, MasterKey master, TimeProvider time)
    : IXmlRepository
{
    const int Tries = 5;

    public IReadOnlyCollection<XElement> GetAllElements()
    {
        // The library asks once at start, before there may be a table, and would make keys beside those to be taken over.
        if (!ring.IsStored)
            throw new InvalidOperationException("The database is not ready yet.");
        using var db = databases.CreateDbContext();
        return
        [
            .. db
                .Keys.AsNoTracking()
                .Where(k => k.Purpose == Purposes.Cookies)
                .OrderBy(k => k.Number)
                .AsEnumerable()
                .Select(row => XElement.Parse(Encoding.UTF8.GetString(master.Open(row).Secret))),
        ];
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        // Fails under another master key than the table's.
        _ = GetAllElements();
        var secret = Encoding.UTF8.GetBytes(element.ToString());
        for (var left = Tries; ; left--)
            try
            {
                using var db = databases.CreateDbContext();
                var last = db.Keys.Where(k => k.Purpose == Purposes.Cookies).Max(k => (int?)k.Number) ?? 0;
                var now = time.GetUtcNow().UtcDateTime;
                db.Keys.Add(KeyTable.Row(new(Purposes.Cookies, last + 1, now, null, secret), master));
                db.SaveChanges();
                return;
            }
            catch (DbUpdateException) when (left > 1) { } // another node took the number
    }
}
