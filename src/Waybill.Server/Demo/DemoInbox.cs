using Microsoft.EntityFrameworkCore;
using Waybill.Mail;
using Waybill.Server.Kernel;
using Waybill.Server.Logging;
using Waybill.Server.Storage;

namespace Waybill.Server.Demo;

/// <summary>Takes mail to any <c>*.test</c> address, as the recipients' own servers would.</summary>
public sealed class DemoInbox(IDbContextFactory<AppDb> database, Blobs blobs, WaybillOptions options)
{
    public bool Accepts(EmailAddress address) =>
        address.Domain.EndsWith(".test", StringComparison.Ordinal)
        && !address.Domain.EndsWith("." + options.MailHost, StringComparison.Ordinal);

    public async Task DeliverAsync(SpooledMail spooled, CancellationToken stop)
    {
        await using var db = await database.CreateDbContextAsync(stop);
        var delivered = await db
            .DemoMessages.Where(m => m.SpoolId == spooled.SpoolId)
            .Select(m => m.To)
            .ToListAsync(stop);
        var waiting = spooled.Envelope.Addresses.Where(Accepts).Select(a => a.Text).Except(delivered).ToList();
        if (waiting.Count == 0)
            return;
        string raw;
        await using (var content = spooled.Open())
            raw = await blobs.PutAsync(content, stop);
        var (from, subject, preview) = Headline(spooled);
        foreach (var to in waiting)
            db.DemoMessages.Add(
                new DemoMessage
                {
                    SpoolId = spooled.SpoolId,
                    To = to,
                    From = from,
                    Subject = subject,
                    Preview = preview,
                    At = spooled.Envelope.ReceivedAt,
                    Raw = raw,
                }
            );
        await db.SaveChangesAsync(stop);
    }

    static (string From, string Subject, string Preview) Headline(SpooledMail spooled)
    {
        using var content = spooled.Open();
        try
        {
            var mail = MailReader.Read(content, MailLimits.Default);
            var from =
                mail.From is null ? ""
                : mail.From.Name is { Length: > 0 } name ? name
                : mail.From.Address;
            return (from, mail.Subject, mail.Preview);
        }
        catch (MailUnreadableException)
        {
            return (spooled.Envelope.From ?? "", "(unreadable)", "");
        }
    }
}
