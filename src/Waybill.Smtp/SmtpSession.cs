using System.Net;
using System.Net.Security;
using System.Security.Authentication;
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
    SmtpMeter meter,
    SmtpMode mode,
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
    int accepted;
    int messages;
    int refusals;
    int idle;

    public async Task RunAsync()
    {
        var reply = await GreetAsync();
        while (reply is not null)
        {
            wire.Write(reply);
            meter.Refused(reply);
            if (reply.Closes)
                break;
            refusals += reply.IsRefusal ? 1 : 0;
            reply =
                refusals >= options.MaxBadCommands ? SmtpReply.TooManyErrors
                : idle > options.MaxIdleCommands ? SmtpReply.TooIdle
                : await NextReplyAsync();
        }
        await wire.CloseAsync(options.CommandTimeout);
    }

    async ValueTask<SmtpReply?> GreetAsync()
    {
        if (options.GreetingDelay == TimeSpan.Zero)
            return SmtpReply.Banner(options.HostName, mode);
        wire.Arm(options.GreetingDelay);
        var (why, bytes) = await wire.WaitAsync(heedStop: true);
        return why switch
        {
            Wake.TimedOut => SmtpReply.Banner(options.HostName, mode),
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
        if (OfOtherMode(verb) is { } otherMode)
            return otherMode;
        if (wire.Tls is null && options.DemandsTls(remote) && !GoesBeforeTls(verb))
            return SmtpReply.StartTlsFirst;
        if (SmtpOrder.Refusal(stage, verb) is { } outOfOrder)
            return mode == SmtpMode.Lmtp && outOfOrder == SmtpReply.NoRecipients
                ? SmtpReply.NoRecipientsLmtp
                : outOfOrder;
        switch (verb)
        {
            case SmtpVerb.Helo:
                return Hello(argument, "SMTP", SmtpReply.Hello(options.HostName));
            case SmtpVerb.Ehlo or SmtpVerb.Lhlo:
                return Hello(
                    argument,
                    verb == SmtpVerb.Lhlo ? "LMTP" : "ESMTP",
                    SmtpReply.Extensions(options.HostName, options.MaxMessageBytes, OffersTls)
                );
            case SmtpVerb.StartTls:
                return argument.IsEmpty ? await StartTlsAsync() : SmtpReply.NoArgument;
            case SmtpVerb.Mail:
                return Mail(argument);
            case SmtpVerb.Rcpt:
                return SmtpCommand.ReadRecipient(argument, options, envelope!.IsUtf8, out var recipient)
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

    // RFC 2033 4.1
    SmtpReply? OfOtherMode(SmtpVerb verb) =>
        mode == SmtpMode.Lmtp
            ? verb is SmtpVerb.Helo or SmtpVerb.Ehlo
                ? SmtpReply.OnlyLmtp
                : null
            : verb is SmtpVerb.Lhlo
                ? SmtpReply.NotLmtp
                : null;

    // RFC 3207 4; HELO as well, so that who knows nothing newer is told why at MAIL.
    static bool GoesBeforeTls(SmtpVerb verb) =>
        verb is SmtpVerb.Helo or SmtpVerb.Ehlo or SmtpVerb.Lhlo or SmtpVerb.Noop or SmtpVerb.StartTls or SmtpVerb.Quit;

    bool OffersTls => options.Certificate is not null && wire.Tls is null;

    /// <summary>RFC 3207: what was said before does not count after.</summary>
    async ValueTask<SmtpReply?> StartTlsAsync()
    {
        if (options.Certificate is null)
            return SmtpReply.NotOffered;
        if (wire.Tls is not null)
            return SmtpReply.TlsAlready;
        wire.ForgetInput();
        wire.Write(SmtpReply.GoTls);
        var how = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = options.Certificate.Current(time, log),
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            AllowRenegotiation = false,
        };
        var failure = await wire.BeginTlsAsync(how, options.HandshakeTimeout, ct);
        meter.Handshake(failure is null);
        if (failure is not null)
        {
            log.HandshakeFailed(id, failure);
            return null;
        }
        (stage, helo, protocol) = (SmtpStage.Connected, "", "");
        Forget();
        return await NextReplyAsync();
    }

    SmtpReply Idle(SmtpReply reply)
    {
        idle++;
        return reply;
    }

    void Forget()
    {
        envelope = null;
        accepted = 0;
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
            Protocol = ProtocolOf(sender.IsUtf8),
            Tls = wire.Tls,
            IsUtf8 = sender.IsUtf8,
            ReceivedAt = time.GetUtcNow(),
            MailFrom = sender.Address,
            DeclaredSize = sender.Size,
            BodyIs8Bit = sender.Is8Bit,
        };
        stage = SmtpStage.HasSender;
        return SmtpReply.SenderFine;
    }

    string ProtocolOf(bool utf8) =>
        protocol == "SMTP"
            ? protocol
            : (utf8 ? $"UTF8{(mode == SmtpMode.Lmtp ? "LMTP" : "SMTP")}" : protocol) + (wire.Tls is null ? "" : "S");

    async ValueTask<SmtpReply> RecipientAsync(SmtpAddress recipient)
    {
        if (envelope!.Recipients.Contains(recipient))
        {
            accepted++;
            return Idle(SmtpReply.RecipientFine);
        }
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
                accepted++;
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
        var (mail, answers) = (envelope!, accepted);
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
        meter.Mail(reply, content.Delivered);
        // RFC 2033 4.2: one for each RCPT that was accepted; one answer of the store is the answer for all of them.
        if (mode == SmtpMode.Lmtp && reply is { Code: not 421 })
            for (var more = 1; more < answers; more++)
                wire.Write(reply);
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
            MailContentFault.TooManyHops => SmtpReply.TooManyHops,
            _ => answer.Outcome switch
            {
                StoreOutcome.Stored => SmtpReply.Stored(answer.Text ?? ""),
                StoreOutcome.TooLarge => SmtpReply.TooLarge,
                StoreOutcome.Refused => SmtpReply.ContentRefused(answer.Text ?? "Refused"),
                _ => SmtpReply.TryLater,
            },
        };
}
