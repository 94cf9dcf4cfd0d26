using System.Net.Sockets;
using MailKit.Net.Smtp;
using MailKit.Security;
using Waybill.Server.Notices;

namespace Waybill.Server.Tests.Notices;

public sealed class AfterATryTests
{
    static readonly DateTime Now = DateTime.UnixEpoch.AddYears(56);

    public static TheoryData<Exception, bool, Obstacle> Cases =>
        new()
        {
            { new SocketException(), false, Obstacle.Relay },
            { new AuthenticationException("535"), false, Obstacle.Relay },
            { new NotSupportedException("no STARTTLS"), false, Obstacle.Relay },
            { new NotSupportedException("no SMTPUTF8"), true, Obstacle.ThisNotice },
            { new IOException(), true, Obstacle.Relay },
            { Said(SmtpErrorCode.RecipientNotAccepted, 550), true, Obstacle.ForGood },
            { Said(SmtpErrorCode.RecipientNotAccepted, 450), true, Obstacle.ThisNotice },
            { Said(SmtpErrorCode.MessageNotAccepted, 552), true, Obstacle.ForGood },
            { Said(SmtpErrorCode.MessageNotAccepted, 452), true, Obstacle.ThisNotice },
            { Said(SmtpErrorCode.SenderNotAccepted, 550), true, Obstacle.Relay },
            { Said(SmtpErrorCode.RecipientNotAccepted, 421), true, Obstacle.Relay },
        };

    static SmtpCommandException Said(SmtpErrorCode code, int status) => new(code, (SmtpStatusCode)status, "said");

    [Theory]
    [MemberData(nameof(Cases))]
    public void What_stands_in_the_way_is_told_apart(Exception error, bool connected, Obstacle obstacle) =>
        Assert.Equal(obstacle, AfterATry.Of(error, connected));

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(4, 8)]
    [InlineData(7, 60)]
    [InlineData(500, 60)]
    public void Tries_of_one_notice_come_ever_more_seldom(int tries, int minutes) =>
        Assert.Equal(TimeSpan.FromMinutes(minutes), AfterATry.PauseOfOne(tries));

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 4)]
    [InlineData(10, 300)]
    [InlineData(100_000, 300)]
    public void A_relay_that_is_away_is_asked_every_five_minutes_at_least(int tries, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), AfterATry.PauseOfRelay(tries));

    [Fact]
    public void A_refusal_or_three_days_end_the_tries()
    {
        var pause = TimeSpan.FromMinutes(1);
        Assert.Equal(Now + pause, AfterATry.NextTry(Obstacle.Relay, pause, Now.AddSeconds(1), Now));
        Assert.Null(AfterATry.NextTry(Obstacle.Relay, pause, Now, Now));
        Assert.Null(AfterATry.NextTry(Obstacle.ForGood, pause, Now.AddDays(3), Now));
    }
}
