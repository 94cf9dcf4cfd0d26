using Microsoft.EntityFrameworkCore;
using Waybill.Mail;
using Waybill.Server.Storage;

namespace Waybill.Server.Logging;

public static class FindThread
{
    /// <summary>
    /// The conversation by In-Reply-To and References, never by subject. Ids we have only seen referred to are remembered too, so that
    /// a mail that arrives late finds its place; a mail that joins two conversations makes them one. The caller saves.
    /// </summary>
    public static async Task<string> OfAsync(AppDb db, ReadMail mail, CancellationToken stop)
    {
        var ids = Threading.ReferencesOf(mail).Append(mail.MessageId).Distinct().ToList();
        var known = await db.ThreadMembers.Where(m => ids.Contains(m.MessageId)).ToListAsync(stop);
        var threads = known.Select(m => m.ThreadId).Distinct().Order(StringComparer.Ordinal).ToList();
        var thread = threads.FirstOrDefault() ?? mail.MessageId;
        foreach (var other in threads.Skip(1))
        {
            await db
                .ThreadMembers.Where(m => m.ThreadId == other)
                .ExecuteUpdateAsync(s => s.SetProperty(m => m.ThreadId, thread), stop);
            await db
                .LoggedEmails.Where(e => e.ThreadId == other)
                .ExecuteUpdateAsync(s => s.SetProperty(e => e.ThreadId, thread), stop);
        }
        foreach (var id in ids.Except(known.Select(m => m.MessageId)))
            db.ThreadMembers.Add(new ThreadMember { MessageId = id, ThreadId = thread });
        return thread;
    }
}
