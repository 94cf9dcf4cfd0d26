using System.Net;
using Microsoft.Extensions.Configuration;
using Waybill.Server.Kernel;
using Waybill.Server.Logging;

namespace Waybill.Server.Tests.Logging;

public sealed class ReceiverSettingsTests
{
    [Theory]
    [InlineData("Waybill:Smtp:Listen", "everywhere")]
    [InlineData("Waybill:Smtp:Listen", "127.0.0.1, mail.example.com")]
    [InlineData("Waybill:Smtp:Certificate", "/nowhere/fullchain.pem")]
    [InlineData("Waybill:Smtp:CertificateKey", "/nowhere/privkey.pem")]
    [InlineData("Waybill:Smtp:RequireTls", "maybe")]
    [InlineData("Waybill:Smtp:RequireTls", "1")]
    [InlineData("Waybill:Smtp:LmtpPort", "70000")]
    [InlineData("Waybill:Smtp:LmtpPort", "2525")]
    [InlineData("Waybill:Smtp:LmtpSocket", "lmtp")]
    [InlineData("Waybill:Smtp:LmtpSocket", "/nowhere/at/all/lmtp")]
    [InlineData("Waybill:Smtp:MaxSessions", "0")]
    [InlineData("Waybill:Smtp:MaxSessionsPerAddress", "many")]
    [InlineData("Waybill:Smtp:MaxRecipients", "5000000000")]
    public void A_value_that_can_t_work_is_named_in_one_line_with_what_to_do(string key, string value)
    {
        var mistake = Assert.Throws<ConfigurationMistake>(() => Read((key, value)));
        Assert.StartsWith(key, mistake.Message);
        Assert.Contains("Set ", mistake.Message);
        Assert.DoesNotContain('\n', mistake.Message);
    }

    [Theory]
    [InlineData("", "127.0.0.1 ::1")]
    [InlineData("0.0.0.0", "0.0.0.0 ::1")]
    [InlineData("::", "::")]
    [InlineData("0.0.0.0,::", "::")]
    [InlineData("192.0.2.5", "192.0.2.5 127.0.0.1 ::1")]
    [InlineData("127.0.0.1 ::1 127.0.0.1", "127.0.0.1 ::1")]
    public void The_receiver_listens_where_it_is_told_and_always_on_loopback(string listen, string addresses) =>
        Assert.Equal(
            addresses,
            string.Join(
                ' ',
                Read(("Waybill:Smtp:Listen", listen)).Addresses([IPAddress.Loopback, IPAddress.IPv6Loopback])
            )
        );

    [Theory]
    [InlineData("", false)]
    [InlineData("127.0.0.1", false)]
    [InlineData("0.0.0.0", true)]
    public void Strangers_are_offered_TLS_even_without_a_certificate_and_the_operator_is_warned(
        string listen,
        bool outside
    )
    {
        var log = new Warnings();
        var options = Read(("Waybill:Smtp:Listen", listen)).Options(Waybill, log);
        Assert.Equal(outside, options.Certificate is not null);
        Assert.Equal(outside, log.Count == 1);
    }

    static readonly WaybillOptions Waybill = new()
    {
        DataFolder = "",
        Url = "http://localhost",
        TrackingUrl = "http://localhost",
        MailHost = "waybill.test",
    };

    static ReceiverSettings Read(params (string Key, string Value)[] settings) =>
        ReceiverSettings.From(
            new ConfigurationBuilder()
                .AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value)))
                .Build(),
            Waybill
        );

    sealed class Warnings : Microsoft.Extensions.Logging.ILogger
    {
        public int Count { get; private set; }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(Microsoft.Extensions.Logging.LogLevel logLevel) => true;

        public void Log<TState>(
            Microsoft.Extensions.Logging.LogLevel logLevel,
            Microsoft.Extensions.Logging.EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => Count++;
    }
}
