using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Waybill.Smtp.Tests;

public sealed record StoredMail(SmtpEnvelope Envelope, byte[] Content);

/// <summary>A real Kestrel on a free port of loopback, with a store in memory. Mailboxes are any@waybill.test.</summary>
public sealed class Receiver : IAsyncDisposable
{
    readonly WebApplication app;

    public ConcurrentQueue<StoredMail> Stored { get; } = [];
    public ConcurrentQueue<Exception> StoreSaw { get; } = [];
    public ConcurrentQueue<string> Errors { get; } = [];
    public int Port { get; }
    public int LmtpPort { get; }
    public IServiceProvider Services => app.Services;

    Receiver(WebApplication app, int[] ports) => (this.app, Port, LmtpPort) = (app, ports[0], ports[1]);

    public static async Task<Receiver> StartAsync(
        SmtpReceiverOptions? options = null,
        MayReceive? mayReceive = null,
        StoreMail? storeMail = null,
        TimeProvider? time = null
    )
    {
        Receiver? self = null;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Logging.AddProvider(new ErrorsTo(text => self!.Errors.Enqueue(text)));
        builder.WebHost.ConfigureKestrel(k =>
        {
            k.Listen(IPAddress.Loopback, 0, l => l.UseSmtp());
            k.Listen(IPAddress.Loopback, 0, l => l.UseLmtp());
        });
        if (time is not null)
            builder.Services.AddSingleton(time);
        builder.Services.AddSmtpReceiver(
            _ => options ?? new SmtpReceiverOptions { HostName = "mx.waybill.test" },
            _ => mayReceive ?? KnowWaybill,
            _ => storeMail ?? ((envelope, content, ct) => self!.KeepAsync(envelope, content, ct))
        );
        var app = builder.Build();
        await app.StartAsync();
        self = new Receiver(app, [.. app.Urls.Select(u => new Uri(u).Port)]);
        return self;
    }

    public static ValueTask<RecipientAnswer> KnowWaybill(
        SmtpEnvelope soFar,
        SmtpAddress recipient,
        CancellationToken ct
    ) =>
        ValueTask.FromResult(
            recipient.LocalPart switch
            {
                "refused" => RecipientAnswer.Refused("Not from you\r\n250 forged"),
                "later" => RecipientAnswer.TryLater,
                _ when recipient.Domain.Equals("waybill.test", StringComparison.OrdinalIgnoreCase) =>
                    RecipientAnswer.Accept,
                _ when recipient.Domain is "mx.waybill.test" or "[127.0.0.1]" => RecipientAnswer.Accept,
                _ => RecipientAnswer.UnknownMailbox,
            }
        );

    public async ValueTask<StoreAnswer> KeepAsync(SmtpEnvelope envelope, Stream content, CancellationToken ct)
    {
        using var bytes = new MemoryStream();
        try
        {
            await content.CopyToAsync(bytes, ct);
        }
        catch (Exception e)
        {
            StoreSaw.Enqueue(e);
            throw;
        }
        Stored.Enqueue(new(envelope, bytes.ToArray()));
        return StoreAnswer.Stored("mail");
    }

    public Task StopAsync(CancellationToken ct = default) => app.StopAsync(ct);

    public Task<Line> ConnectAsync(bool lmtp = false) => Line.ConnectAsync(lmtp ? LmtpPort : Port);

    public async ValueTask DisposeAsync() => await app.DisposeAsync();

    sealed class ErrorsTo(Action<string> write) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => write(formatter(state, exception) + " " + exception?.Message);

        public void Dispose() { }
    }
}
