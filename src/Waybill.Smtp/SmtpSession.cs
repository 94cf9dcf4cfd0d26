using System.Net;
using Microsoft.Extensions.Logging;

namespace Waybill.Smtp;

/// <summary>One connection from banner to close: reads a command, asks <see cref="SmtpOrder"/>, does it, replies.</summary>
sealed class SmtpSession(
    SmtpWire wire,
    SmtpReceiverOptions options,
    MayReceive mayReceive,
    StoreMail storeMail,
    TimeProvider time,
    ILogger log,
    string id,
    IPAddress remote,
    CancellationToken ct
)
{
    readonly CommandReader commands = new(wire, options);
    SmtpStage stage = SmtpStage.Connected;
    string helo = "";
    string protocol = "";
    SmtpEnvelope? envelope;
    int messages;
    int refusals;
    int idle;

    public async Task RunAsync()
    {
        var reply = await GreetAsync();
        while (reply is not null)
        {
            wire.Write(reply);
            if (reply.Closes)
                break;
            refusals += reply.IsRefusal ? 1 : 0;
            reply =
                refusals >= options.MaxBadCommands ? SmtpReply.TooManyErrors
                : idle > options.MaxIdleCommands ? SmtpReply.TooIdle
                : await NextReplyAsync();
        }
        wire.Arm(options.CommandTimeout);
        await wire.FlushAsync();
    }

    async ValueTask<SmtpReply?> GreetAsync()
    {
        if (options.GreetingDelay == TimeSpan.Zero)
            return SmtpReply.Banner(options.HostName);
        wire.Arm(options.GreetingDelay);
        var (why, bytes) = await wire.WaitAsync(heedStop: true);
        return why switch
        {
            Wake.TimedOut => SmtpReply.Banner(options.HostName),
            Wake.Stopping => SmtpReply.ShuttingDown,
            _ => bytes.IsEmpty ? null : SmtpReply.TalksFirst,
        };
    }

    /// <summary>The reply to the next command; null when the client is gone.</summary>
    async ValueTask<SmtpReply?> NextReplyAsync() =>
        await commands.NextAsync() switch
        {
            CommandEvent.Line => await AnswerAsync(),
            CommandEvent.TooLong => SmtpReply.CommandTooLong,
            CommandEvent.HasNul => SmtpReply.CommandHasNul,
            CommandEvent.NotCrLf => SmtpReply.CommandNotCrLf,
            CommandEvent.TimedOut => SmtpReply.TimedOut,
            CommandEvent.Stopping => SmtpReply.ShuttingDown,
            _ => null,
        };

    async ValueTask<SmtpReply?> AnswerAsync()
    {
        var verb = SmtpCommand.Read(commands.Line, out var argument);
        if (SmtpOrder.Refusal(stage, verb) is { } outOfOrder)
            return outOfOrder;
        switch (verb)
        {
            case SmtpVerb.Helo:
                return Hello(argument, "SMTP", SmtpReply.Hello(options.HostName));
            case SmtpVerb.Ehlo:
                return Hello(argument, "ESMTP", SmtpReply.Extensions(options.HostName, options.MaxMessageBytes));
            case SmtpVerb.Mail:
                return Mail(argument);
            case SmtpVerb.Rcpt:
                return SmtpCommand.ReadRecipient(argument, options, out var recipient)
                    ?? await RecipientAsync(recipient!);
            case SmtpVerb.Data:
                return argument.IsEmpty ? await DataAsync() : SmtpReply.NoArgument;
            case SmtpVerb.Rset:
                return argument.IsEmpty ? Reset() : SmtpReply.NoArgument;
            case SmtpVerb.Quit:
                return argument.IsEmpty ? SmtpReply.Bye : SmtpReply.NoArgument;
            case SmtpVerb.Vrfy:
                return Idle(SmtpReply.CannotVerify);
            case SmtpVerb.Help:
                return Idle(SmtpReply.HelpText);
            default:
                return Idle(SmtpReply.Fine);
        }
    }

    SmtpReply Idle(SmtpReply reply)
    {
        idle++;
        return reply;
    }

    void Forget()
    {
        envelope = null;
        if (stage != SmtpStage.Connected)
            stage = SmtpStage.Greeted;
    }

    SmtpReply Reset()
    {
        Forget();
        return Idle(SmtpReply.Fine);
    }

    SmtpReply Hello(ReadOnlySpan<char> name, string withProtocol, SmtpReply welcome)
    {
        if (name.IsEmpty || name.ContainsAnyExceptInRange('!', '~'))
            return SmtpReply.HelloNeedsName;
        (helo, protocol, stage) = (name.ToString(), withProtocol, SmtpStage.Greeted);
        Forget();
        return Idle(welcome);
    }

    SmtpReply Mail(ReadOnlySpan<char> argument)
    {
        if (messages >= options.MaxMessagesPerSession)
            return SmtpReply.TooManyMessages;
        if (SmtpCommand.ReadSender(argument, options, out var sender) is { } refusal)
            return refusal;
        envelope = new()
        {
            SessionId = id,
            ReceivedBy = options.HostName,
            RemoteAddress = remote,
            Helo = helo,
            Protocol = protocol,
            ReceivedAt = time.GetUtcNow(),
            MailFrom = sender.Address,
            DeclaredSize = sender.Size,
            BodyIs8Bit = sender.Is8Bit,
        };
        stage = SmtpStage.HasSender;
        return SmtpReply.SenderFine;
    }

    async ValueTask<SmtpReply> RecipientAsync(SmtpAddress recipient)
    {
        if (envelope!.Recipients.Contains(recipient))
            return Idle(SmtpReply.RecipientFine);
        if (envelope.Recipients.Count >= options.MaxRecipients)
            return Idle(SmtpReply.TooManyRecipients);
        RecipientAnswer answer;
        try
        {
            answer = await mayReceive(envelope, recipient, ct);
        }
        catch (Exception e)
        {
            log.RecipientFailed(e, id);
            answer = RecipientAnswer.TryLater;
        }
        switch (answer.Outcome)
        {
            case RecipientOutcome.Accept:
                envelope = envelope with { Recipients = [.. envelope.Recipients, recipient] };
                stage = SmtpStage.HasRecipient;
                return SmtpReply.RecipientFine;
            case RecipientOutcome.UnknownMailbox:
                return SmtpReply.UnknownMailbox;
            case RecipientOutcome.Refused:
                return SmtpReply.RecipientRefused(answer.Reason ?? "Refused");
            default:
                return Idle(SmtpReply.TryLater);
        }
    }

    async ValueTask<SmtpReply?> DataAsync()
    {
        var mail = envelope!;
        Forget();
        messages++;
        wire.Write(SmtpReply.StartMail);
        using var content = new MailContent(wire, options, time);
        StoreAnswer answer;
        try
        {
            answer = await storeMail(mail, content, ct);
        }
        catch (Exception e)
        {
            if (content.Fault == MailContentFault.None)
                log.StoreFailed(e, id);
            answer = StoreAnswer.TryLater;
        }
        await content.SkipToEndAsync();
        if (answer.Outcome == StoreOutcome.Stored && !content.EndSeen)
        {
            log.StoreDidNotReadAll(id, content.Fault);
            answer = StoreAnswer.TryLater;
        }
        var reply = Conclude(content.Fault, content.AtFinalDot, answer);
        log.MailTaken(id, content.Delivered, reply?.Code);
        if (reply?.Code == 250)
            (refusals, idle) = (0, 0);
        return reply;
    }

    /// <summary>What is wrong with the content outranks what the store says; 250 needs a well-formed end and Stored.</summary>
    internal static SmtpReply? Conclude(MailContentFault fault, bool atFinalDot, StoreAnswer answer) =>
        fault switch
        {
            MailContentFault.CutShort => null,
            MailContentFault.TimedOut => SmtpReply.TimedOut,
            _ when !atFinalDot => SmtpReply.FarTooLarge,
            MailContentFault.TooLarge => SmtpReply.TooLarge,
            MailContentFault.BareLineEnd => SmtpReply.BareLineEnd,
            MailContentFault.Nul => SmtpReply.ContentHasNul,
            MailContentFault.LineTooLong => SmtpReply.TextLineTooLong,
            _ => answer.Outcome switch
            {
                StoreOutcome.Stored => SmtpReply.Stored(answer.Text ?? ""),
                StoreOutcome.TooLarge => SmtpReply.TooLarge,
                StoreOutcome.Refused => SmtpReply.ContentRefused(answer.Text ?? "Refused"),
                _ => SmtpReply.TryLater,
            },
        };
}
