using Microsoft.Extensions.Localization;
using MimeKit.Utils;
using Waybill.Server.Kernel;
using Waybill.Server.Storage;
using Waybill.Server.Ui;

namespace Waybill.Server.Notices;

/// <summary>The outbox: the notice is a row of the caller's transaction, so that it leaves if and only if what it tells has happened.</summary>
public sealed class QueueNotice(WaybillOptions options, TimeProvider clock, IStringLocalizer<Words> words)
{
    public static readonly TimeSpan GiveUpAfter = TimeSpan.FromDays(3);

    /// <summary>False: pages say that no mail goes out and offer another way.</summary>
    public bool HasRelay => options.Relay is not null;

    /// <summary>Writes the row, which the caller saves. False: there is no relay, and nothing was queued to leave months later.</summary>
    public bool Into(AppDb db, string to, string toName, string language, Func<IStringLocalizer<Words>, Letter> write)
    {
        if (options.Relay is not { } relay)
            return false;
        var letter = Letter.In(language, () => write(words));
        var now = clock.GetUtcNow().UtcDateTime;
        db.Notices.Add(
            new Notice
            {
                MessageId = MimeUtils.GenerateMessageId(relay.From.Domain),
                To = to,
                ToName = toName,
                Subject = letter.Subject,
                Text = letter.Text,
                Html = letter.Html,
                QueuedAt = now,
                NextTryAt = now,
                GiveUpAt = now + GiveUpAfter,
            }
        );
        return true;
    }
}
