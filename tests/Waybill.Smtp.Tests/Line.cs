using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Waybill.Smtp.Tests;

/// <summary>A raw SMTP client: it sends exactly the bytes it is told to.</summary>
public sealed class Line : IDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    readonly Socket socket;
    Stream stream;
    readonly byte[] buffer = new byte[4096];
    int at;
    int filled;

    Line(Socket socket) => (this.socket, stream) = (socket, new NetworkStream(socket));

    /// <summary>What the server showed in the handshake.</summary>
    public string? Certificate { get; private set; }

    public static async Task<Line> ConnectAsync(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        return new(socket);
    }

    public async Task SendAsync(string latin1) => await SendAsync(Encoding.Latin1.GetBytes(latin1));

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await stream.WriteAsync(bytes);
        }
        catch (IOException) { } // the server closed; what it said before is still to be read
    }

    public async Task BeginTlsAsync()
    {
        Assert.Equal(filled, at);
        var tls = new SslStream(stream);
        using var limit = new CancellationTokenSource(Patience);
        await tls.AuthenticateAsClientAsync(
            new()
            {
                TargetHost = "mx.waybill.test",
                RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                    (Certificate = certificate?.GetCertHashString()) is not null,
            },
            limit.Token
        );
        stream = tls;
    }

    public async Task DribbleAsync(string latin1)
    {
        foreach (var b in Encoding.Latin1.GetBytes(latin1))
            await SendAsync(new[] { b });
    }

    /// <summary>A reply with all its lines, without the last CRLF; null when the server closed.</summary>
    public async Task<string?> ReplyAsync()
    {
        var reply = new StringBuilder();
        while (await LineAsync() is { } line)
        {
            reply.Append(line);
            if (line.Length < 4 || line[3] != '-')
                return reply.ToString();
            reply.Append('\n');
        }
        return null;
    }

    public async Task<string?> TellAsync(string command)
    {
        await SendAsync(command + "\r\n");
        return await ReplyAsync();
    }

    /// <summary>Through EHLO, MAIL, RCPT and DATA to 354.</summary>
    public async Task BeginDataAsync()
    {
        Assert.StartsWith("220 ", await ReplyAsync());
        Assert.StartsWith("250-", await TellAsync("EHLO client.test"));
        await BeginNextDataAsync();
    }

    public async Task BeginNextDataAsync()
    {
        Assert.StartsWith("250 2.1.0", await TellAsync("MAIL FROM:<anna@northwind.test>"));
        Assert.StartsWith("250 2.1.5", await TellAsync("RCPT TO:<log@waybill.test>"));
        Assert.StartsWith("354 ", await TellAsync("DATA"));
    }

    public async Task<byte[]> RestAsync()
    {
        using var rest = new MemoryStream();
        while (await ByteAsync() is { } b)
            rest.WriteByte(b);
        return rest.ToArray();
    }

    public void CloseSending() => socket.Shutdown(SocketShutdown.Send);

    public void Reset()
    {
        socket.LingerState = new(true, 0);
        socket.Close();
    }

    async Task<string?> LineAsync()
    {
        var line = new StringBuilder();
        while (await ByteAsync() is { } b)
        {
            line.Append((char)b);
            if (b == '\n')
                return line.ToString().TrimEnd('\r', '\n');
        }
        return line.Length == 0 ? null : throw new InvalidOperationException("Cut off: " + line);
    }

    async ValueTask<byte?> ByteAsync()
    {
        if (at == filled)
        {
            using var limit = new CancellationTokenSource(Patience);
            try
            {
                (at, filled) = (0, await stream.ReadAsync(buffer, limit.Token));
            }
            catch (IOException)
            {
                filled = 0;
            }
            if (filled == 0)
                return null;
        }
        return buffer[at++];
    }

    public void Dispose()
    {
        stream.Dispose();
        socket.Dispose();
    }
}
