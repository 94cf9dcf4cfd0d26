using System.Net;
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
        new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() }
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

    public void Dispose() => _http.Dispose();
}
