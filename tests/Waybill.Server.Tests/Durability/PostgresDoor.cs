using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Waybill.Server.Tests.Durability;

/// <summary>A port of its own before PostgreSQL. Shut, it refuses connections and breaks those there are, as when the server is down.</summary>
sealed class PostgresDoor : IDisposable
{
    readonly ConcurrentBag<TcpClient> _through = [];
    readonly int _port = WaybillHost.FreePort();
    readonly int _behind;
    TcpListener? _listener;

    /// <summary>Shut at first.</summary>
    public PostgresDoor(string connection)
    {
        var through = new NpgsqlConnectionStringBuilder(connection);
        (_behind, through.Port) = (through.Port, _port);
        Connection = through.ConnectionString;
    }

    public string Connection { get; }

    public void Open()
    {
        _listener = new TcpListener(IPAddress.Loopback, _port);
        _listener.Start();
        _ = LetInAsync(_listener, _behind);
    }

    public void Shut()
    {
        _listener?.Dispose();
        while (_through.TryTake(out var one))
            one.Dispose();
    }

    async Task LetInAsync(TcpListener listener, int port)
    {
        try
        {
            while (true)
            {
                var from = await listener.AcceptTcpClientAsync();
                var to = new TcpClient();
                _through.Add(from);
                _through.Add(to);
                await to.ConnectAsync(IPAddress.Loopback, port);
                _ = PassAsync(from, to);
                _ = PassAsync(to, from);
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException) { }
    }

    static async Task PassAsync(TcpClient from, TcpClient to)
    {
        try
        {
            await from.GetStream().CopyToAsync(to.GetStream());
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException or InvalidOperationException) { }
        to.Dispose();
    }

    public void Dispose() => Shut();
}
