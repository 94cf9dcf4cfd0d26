using MimeKit;

namespace Waybill.Mail;

/// <summary>MimeKit's parser, keeping content as slices of the stream, that gives up on a mail of too many parts while reading it.</summary>
sealed class BoundedParser(ParserOptions options, Stream stream, int maxParts)
    : MimeParser(options, stream, MimeFormat.Entity, persistent: true)
{
    int parts;

    protected override void OnMimeEntityBegin(MimeEntityBeginEventArgs args)
    {
        if (++parts > maxParts)
            throw new MailUnreadableException($"The mail has more than {maxParts} parts.");
        base.OnMimeEntityBegin(args);
    }
}
