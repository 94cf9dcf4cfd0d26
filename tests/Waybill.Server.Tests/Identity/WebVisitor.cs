using System.Net;
using System.Net.Sockets;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Microsoft.AspNetCore.Identity;
using Waybill.Server.Identity;

namespace Waybill.Server.Tests.Identity;

/// <summary>A person in a browser without scripts: follows no redirect by itself, keeps cookies, fills in the forms it was shown.</summary>
public sealed class WebVisitor(string url) : IDisposable
{
    public const string Password = "heron-cedar-1234";

    readonly HttpClient _http = new(
        new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            CookieContainer = new CookieContainer(),
            ConnectCallback = FromOwnAddressAsync(),
        }
    )
    {
        BaseAddress = new Uri(url),
        DefaultRequestHeaders = { { "Accept", "text/html" } },
    };

    readonly System.Runtime.CompilerServices.ConditionalWeakTable<IHtmlDocument, Uri> _addresses = [];

    public HttpClient Http => _http;

    public static void GivePassword(User user)
    {
        user.PasswordHash = new PasswordHasher<User>().HashPassword(user, Password);
        user.LockoutEnabled = true; // as UserManager.CreateAsync does
    }

    public async Task<IHtmlDocument> SeeAsync(string path)
    {
        using var answer = await _http.GetAsync(new Uri(path, UriKind.RelativeOrAbsolute));
        Assert.True(answer.IsSuccessStatusCode, $"GET {path}: {(int)answer.StatusCode} {answer.Headers.Location}");
        var page = new HtmlParser().ParseDocument(await answer.Content.ReadAsStringAsync());
        _addresses.AddOrUpdate(page, new Uri(_http.BaseAddress!, path));
        return page;
    }

    /// <summary>Posts a form as a browser would: what stands in it, with these changes; null leaves a field out.</summary>
    public async Task<HttpResponseMessage> SubmitAsync(
        IHtmlDocument page,
        string selector,
        params (string Name, string? Value)[] changes
    )
    {
        var form = page.QuerySelector<IHtmlFormElement>(selector);
        Assert.NotNull(form);
        var fields = new List<KeyValuePair<string, string>>();
        foreach (var input in form.QuerySelectorAll<IHtmlInputElement>("input[name]:not([disabled])"))
            if (input.Type is not "checkbox" || input.IsChecked)
                fields.Add(new(input.Name!, input.Value));
        foreach (var area in form.QuerySelectorAll<IHtmlTextAreaElement>("textarea[name]"))
            fields.Add(new(area.Name!, area.GetAttribute("value") ?? area.TextContent));
        foreach (var select in form.QuerySelectorAll<IHtmlSelectElement>("select[name]"))
            fields.Add(new(select.Name!, select.Value ?? ""));
        foreach (var (name, value) in changes)
        {
            fields.RemoveAll(f => f.Key == name);
            if (value is not null)
                fields.Add(new(name, value));
        }
        var action = form.GetAttribute("action");
        Assert.True(_addresses.TryGetValue(page, out var address));
        var target = string.IsNullOrEmpty(action) ? address : new Uri(address, action);
        return await _http.PostAsync(target, new FormUrlEncodedContent(fields));
    }

    public async Task<HttpResponseMessage> TrySignInAsync(
        string email,
        string password = Password,
        string path = "/sign-in"
    ) =>
        await SubmitAsync(
            await SeeAsync(path),
            "form:has(input[type=password])",
            ("Form.Email", email),
            ("Form.Password", password)
        );

    public async Task SignInAsync(string email)
    {
        using var answer = await TrySignInAsync(email);
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
    }

    /// <summary>Everyone comes from an address of their own in 127/8, since tries are counted per address.</summary>
    static Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>> FromOwnAddressAsync()
    {
        var bytes = Guid.NewGuid().ToByteArray();
        var from = OperatingSystem.IsLinux()
            ? new IPAddress([127, (byte)(1 + bytes[0] % 250), bytes[1], (byte)(1 + bytes[2] % 250)])
            : IPAddress.Loopback;
        return async (context, stop) =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            socket.Bind(new IPEndPoint(from, 0));
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, context.DnsEndPoint.Port), stop);
            return new NetworkStream(socket, ownsSocket: true);
        };
    }

    public void Dispose() => _http.Dispose();
}
