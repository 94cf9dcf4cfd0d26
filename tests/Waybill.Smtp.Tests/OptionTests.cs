namespace Waybill.Smtp.Tests;

public sealed class OptionTests
{
    static readonly SmtpReceiverOptions Good = new() { HostName = "mx.waybill.test" };

    public static TheoryData<string, SmtpReceiverOptions> Mistakes =>
        new()
        {
            { nameof(Good.HostName), Good with { HostName = "mx waybill" } },
            { nameof(Good.HostName), Good with { HostName = "" } },
            { nameof(Good.MaxMessageBytes), Good with { MaxMessageBytes = 0 } },
            { nameof(Good.MaxSessions), Good with { MaxSessions = 0 } },
            { nameof(Good.MaxHops), Good with { MaxHops = 0 } },
            { nameof(Good.MaxCommandBytes), Good with { MaxCommandBytes = 511 } },
            { nameof(Good.MaxTextLineBytes), Good with { MaxTextLineBytes = 997 } },
            { nameof(Good.DataTimeout), Good with { DataTimeout = TimeSpan.Zero } },
            { nameof(Good.GreetingDelay), Good with { GreetingDelay = TimeSpan.FromSeconds(-1) } },
            { nameof(Good.TlsDemand), Good with { TlsDemand = TlsDemand.Outsiders } },
        };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public async Task A_receiver_with_an_option_that_can_t_work_does_not_start_and_names_it(
        string name,
        SmtpReceiverOptions options
    )
    {
        var mistake = await Assert.ThrowsAsync<ArgumentException>(() => Receiver.StartAsync(options));
        Assert.StartsWith($"SmtpReceiverOptions.{name}: ", mistake.Message);
    }
}
