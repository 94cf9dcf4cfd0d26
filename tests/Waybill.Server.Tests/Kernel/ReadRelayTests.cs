using Microsoft.Extensions.Configuration;
using Waybill.Server.Kernel;

namespace Waybill.Server.Tests.Kernel;

public sealed class ReadRelayTests
{
    static WaybillOptions Read(string settings) =>
        ReadOptions.From(
            new ConfigurationBuilder()
                .AddInMemoryCollection(
                    settings
                        .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                        .Select(s => s.Split('='))
                        .Select(s => new KeyValuePair<string, string?>(
                            s[0].StartsWith("WAYBILL", StringComparison.Ordinal) ? s[0] : "Waybill:" + s[0],
                            s[1]
                        ))
                )
                .Build()
        );

    [Fact]
    public void Without_settings_there_is_no_relay_and_in_the_demo_it_is_our_own_receiver()
    {
        Assert.Null(Read("").Relay);
        var relay = Read("WAYBILL_DEMO=1 WAYBILL_SMTP_PORT=2600").Relay!;
        Assert.Equal(
            ("127.0.0.1", 2600, RelaySecurity.None, "notices@waybill.test"),
            (relay.Host, relay.Port, relay.Security, relay.From.Text)
        );
    }

    [Theory]
    [InlineData("", 587, RelaySecurity.StartTls)]
    [InlineData("Relay:Security=tls", 465, RelaySecurity.Tls)]
    [InlineData("Relay:Security=none", 25, RelaySecurity.None)]
    [InlineData("Relay:Security=TLS Relay:Port=2465", 2465, RelaySecurity.Tls)]
    public void The_usual_port_goes_with_the_security(string settings, int port, RelaySecurity security)
    {
        var relay = Read($"Relay:Host=smtp.acme.test Mail:Host=acme.test {settings}").Relay!;
        Assert.Equal((port, security, "notices@acme.test"), (relay.Port, relay.Security, relay.From.Text));
    }

    [Theory]
    [InlineData("Relay:Port=25", "Waybill:Relay:Host")]
    [InlineData("Relay:Host=a/b Relay:From=a@b.test", "Waybill:Relay:Host is 'a/b'")]
    [InlineData("Relay:Host=a Relay:From=a@b.test Relay:Port=99999", "Waybill:Relay:Port is '99999'")]
    [InlineData("Relay:Host=a Relay:From=a@b.test Relay:Port=0", "Waybill:Relay:Port is '0'")]
    [InlineData("Relay:Host=a Relay:From=a@b.test Relay:Security=ssl", "Waybill:Relay:Security is 'ssl'")]
    [InlineData("Relay:Host=a Relay:From=a@b.test Relay:User=u", "Waybill:Relay:Password")]
    [InlineData("Relay:Host=a Relay:From=a@b.test Relay:User=u Relay:Password=p Relay:Security=none", "readable")]
    [InlineData("Relay:Host=a", "Waybill:Relay:From is missing")]
    [InlineData("Relay:Host=a Relay:From=ab", "Waybill:Relay:From is 'ab'")]
    public void A_mistake_is_told_by_its_key(string settings, string said) =>
        Assert.Contains(
            said,
            Assert.Throws<ConfigurationMistake>(() => Read(settings)).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void The_password_is_not_printed_with_the_options() =>
        Assert.DoesNotContain(
            "hush",
            Read("Relay:Host=a Relay:From=a@b.test Relay:User=u Relay:Password=hush").ToString(),
            StringComparison.Ordinal
        );
}
