using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace Waybill.EndToEnd.Kill;

/// <summary>Readers that open and click, senders of logged mail with and without attachments. They outlive the server and note what it acknowledged.</summary>
public sealed class KillLoad(int http, int smtp, IReadOnlyList<string> paths)
{
    const int Readers = 8;
    const int Senders = 4;

    /// <summary>Past its bound the server answers without a promise (design: 2 s).</summary>
    static readonly TimeSpan Bound = TimeSpan.FromSeconds(1.8);
    volatile bool _stopping;
    volatile bool _paused;
    int _refused;
    Task[] _running = [];

    /// <summary>By the number each hit carries where the evidence keeps it: in the user agent.</summary>
    public ConcurrentDictionary<string, bool> Hits { get; } = [];

    /// <summary>False while the disk fails: then an image is served without a promise, which nobody can tell from one with it.</summary>
    public bool NotesHits { get; set; } = true;

    /// <summary>Mails that were told to come again.</summary>
    public int Refused => _refused;

    /// <summary>By Message-ID; the SHA-256 of the attachment, empty when there is none.</summary>
    public ConcurrentDictionary<string, string> Mails { get; } = [];

    public void Start() =>
        _running = [
            .. Enumerable.Range(0, Readers).Select(n => Task.Run(() => ReadAsync(n))),
            .. Enumerable.Range(0, Senders).Select(n => Task.Run(() => SendAsync(n))),
        ];

    public void Pause() => _paused = true;

    public void Resume() => _paused = false;

    /// <summary>Whatever was asked has been answered when it completes: nothing is under way to the spool any more.</summary>
    public async Task StopAsync()
    {
        _stopping = true;
        _paused = false;
        await Task.WhenAll(_running);
    }

    async Task ReadAsync(int reader)
    {
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false };
        using var client = new HttpClient(handler);
        for (var n = 0; !_stopping; n++)
            try
            {
                await RestAsync(10, 50);
                var path = paths[Random.Shared.Next(paths.Count)];
                using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"http://127.0.0.1:{http}{path}"));
                var agent = $"Mozilla/5.0 (Windows NT 10.0) Kill/{reader}-{n}";
                request.Headers.TryAddWithoutValidation("User-Agent", agent);
                request.Content = new ByteArrayContent([0]); // HttpClient repeats a request by itself unless it has a body
                var (asked, noted) = (Stopwatch.GetTimestamp(), NotesHits);
                using var answer = await client.SendAsync(request);
                if (
                    noted
                    && NotesHits
                    && answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Found
                    && Stopwatch.GetElapsedTime(asked) < Bound
                )
                    Hits[agent] = true;
            }
            catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
            {
                await RestAsync(20, 40); // no server just now
            }
    }

    async Task SendAsync(int sender)
    {
        for (var n = 0; !_stopping; )
            try
            {
                using var client = new SmtpClient();
                await client.ConnectAsync("127.0.0.1", smtp, SecureSocketOptions.None);
                for (; !_stopping; n++)
                {
                    await RestAsync(80, 240);
                    var (mail, attached) = Compose($"{sender}.{n}.{Guid.NewGuid():N}@kill.test", n);
                    await client.SendAsync(
                        mail,
                        mail.From.Mailboxes.First(),
                        [MailboxAddress.Parse("1000001@bcc.waybill.test")]
                    );
                    Mails[mail.MessageId!] = attached;
                }
            }
            catch (Exception error)
                when (error
                        is IOException
                            or SocketException
                            or SmtpProtocolException
                            or SmtpCommandException
                            or MailKit.ServiceNotConnectedException
                            or TimeoutException
                )
            {
                n++;
                if (error is SmtpCommandException)
                    Interlocked.Increment(ref _refused);
                await RestAsync(20, 40);
            }
    }

    /// <summary>Every third has an attachment, every ninth one too big to share a segment of the spool.</summary>
    static (MimeMessage Mail, string Attached) Compose(string id, int n)
    {
        var mail = new MimeMessage { Subject = $"Kill {id}", MessageId = id };
        mail.From.Add(MailboxAddress.Parse("anna@northwind.test"));
        mail.To.Add(MailboxAddress.Parse("lead@contoso.test"));
        var body = new BodyBuilder { TextBody = $"Mail {id}\r\n{new string('x', n % 5 * 3000)}" };
        var attached = "";
        if (n % 3 == 2)
        {
            var bytes = RandomNumberGenerator.GetBytes(n % 9 == 8 ? 400_000 : 10_000);
            body.Attachments.Add("offer.pdf", bytes, new ContentType("application", "pdf"));
            attached = Convert.ToHexStringLower(SHA256.HashData(bytes));
        }
        mail.Body = body.ToMessageBody();
        return (mail, attached);
    }

    async Task RestAsync(int least, int most)
    {
        await Task.Delay(Random.Shared.Next(least, most));
        while (_paused)
            await Task.Delay(5);
    }
}
