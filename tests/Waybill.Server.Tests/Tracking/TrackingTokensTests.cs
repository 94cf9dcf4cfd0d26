using CsCheck;
using Waybill.Mail;
using Waybill.Server.Kernel;
using Waybill.Server.Keys;
using Waybill.Server.Tracking;

namespace Waybill.Server.Tests.Tracking;

public sealed class TrackingTokensTests : IDisposable
{
    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("waybill-keys-");
    readonly TrackingTokens _tokens;

    public TrackingTokensTests() => _tokens = Tokens(_folder.FullName);

    public void Dispose() => _folder.Delete(recursive: true);

    static TrackingTokens Tokens(string folder)
    {
        var options = new WaybillOptions
        {
            DataFolder = folder,
            Url = "https://crm.example.com",
            TrackingUrl = "https://t.example.com",
            MailHost = "example.com",
        };
        return new(new LinkKeys(new KeyRing(options, MasterKey.ReadOrMake(options), TimeProvider.System)), options);
    }

    static (string Token, string Target) Parts(string clickUrl) =>
        clickUrl["https://t.example.com/t/c/".Length..].Split('/') is [var token, var target]
            ? (token, target)
            : default;

    static string OpenToken(string pixelUrl) => pixelUrl["https://t.example.com/t/o/".Length..^".gif".Length];

    static readonly Gen<string> Target =
        from path in Gen.String[Gen.Char["abcXYZ019-._~/?#[]@!$&'()*+,;=%:|\\\"<>{}`^"], 0, 300]
        from scheme in Gen.OneOf(Gen.Const("http://"), Gen.Const("https://"), Gen.Const("HTTPS://"))
        select $"{scheme}example.com/{path}";

    [Fact]
    public void What_a_url_names_is_what_was_minted() =>
        Gen.Select(Gen.Long[0, long.MaxValue], Gen.Int[0, int.MaxValue], Gen.Int[0, int.MaxValue], Target)
            .Sample(
                (mail, recipient, link, target) =>
                    _tokens.TryReadOpen(OpenToken(_tokens.PixelUrl(mail, recipient)), out var open)
                    && open == new TrackingToken(mail, recipient, 0)
                    && Parts(_tokens.ClickUrl(mail, link, target, recipient)) is var (token, to)
                    && _tokens.TryReadClick(token, to, out var click, out var url)
                    && click == new TrackingToken(mail, recipient, link)
                    && url == target,
                iter: 2000
            );

    [Fact]
    public void Any_other_character_anywhere_is_refused()
    {
        const string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/ \n";
        var pixel = OpenToken(_tokens.PixelUrl(42));
        var (token, target) = Parts(_tokens.ClickUrl(42, 3, "https://example.com/offer?x=1"));
        foreach (var c in alphabet)
        {
            foreach (var bad in Changed(pixel, c))
                Assert.False(_tokens.TryReadOpen(bad, out _), bad);
            foreach (var bad in Changed(token, c))
                Assert.False(_tokens.TryReadClick(bad, target, out _, out _), bad);
            foreach (var bad in Changed(target, c))
                Assert.False(_tokens.TryReadClick(token, bad, out _, out _), bad);
        }

        static IEnumerable<string> Changed(string text, char c) =>
            Enumerable
                .Range(0, text.Length)
                .Where(i => text[i] != c)
                .Select(i => $"{text[..i]}{c}{text[(i + 1)..]}")
                .Concat(Enumerable.Range(0, text.Length + 1).Select(i => $"{text[..i]}{c}{text[i..]}"))
                .Concat(Enumerable.Range(0, text.Length).Select(i => text[..i]));
    }

    [Fact]
    public void Noise_is_refused() =>
        Gen.Select(Gen.String, Gen.String)
            .Sample((a, b) => !_tokens.TryReadOpen(a, out _) && !_tokens.TryReadClick(a, b, out _, out _));

    [Fact]
    public void A_click_can_not_be_pointed_elsewhere()
    {
        var (token, _) = Parts(_tokens.ClickUrl(1, 0, "https://example.com/a"));
        var (_, other) = Parts(_tokens.ClickUrl(1, 0, "https://evil.test/aaa"));
        Assert.Equal(Parts(_tokens.ClickUrl(1, 0, "https://example.com/a")).Target.Length, other.Length);
        Assert.False(_tokens.TryReadClick(token, other, out _, out _));
    }

    [Fact]
    public void A_pixels_token_is_no_clicks_token()
    {
        var (click, target) = Parts(_tokens.ClickUrl(1, 0, "https://example.com/a"));
        Assert.False(_tokens.TryReadOpen(click, out _));
        Assert.False(_tokens.TryReadClick(OpenToken(_tokens.PixelUrl(1)), target, out _, out _));
        Assert.False(_tokens.TryReadClick(OpenToken(_tokens.PixelUrl(1)), "", out _, out _));
    }

    [Fact]
    public void Another_installations_key_opens_nothing()
    {
        var other = Tokens(Path.Combine(_folder.FullName, "other"));
        Assert.False(_tokens.TryReadOpen(OpenToken(other.PixelUrl(1)), out _));
        var (token, target) = Parts(other.ClickUrl(1, 0, "https://example.com/"));
        Assert.False(_tokens.TryReadClick(token, target, out _, out _));
        Assert.Null(_tokens.Own(other.PixelUrl(1)));
    }

    [Theory]
    [InlineData("https://example.com/a b", "https://example.com/a%20b")]
    [InlineData("https://żółw.pl/ścieżka", "https://xn--w-uga1v8h.pl/%C5%9Bcie%C5%BCka")]
    [InlineData("  https://example.com/\r\n", "https://example.com/")]
    [InlineData("https://example.com/%c5%bc?a=b&c=%20#frag", "https://example.com/%c5%bc?a=b&c=%20#frag")]
    public void A_target_is_kept_as_written_unless_a_header_could_not_carry_it(string written, string kept)
    {
        var (token, target) = Parts(_tokens.ClickUrl(1, 0, written));
        Assert.True(_tokens.TryReadClick(token, target, out _, out var url));
        Assert.Equal(kept, url);
    }

    [Theory]
    [InlineData("javascript:alert(1)")]
    [InlineData("data:text/html,x")]
    [InlineData("mailto:a@example.com")]
    [InlineData("/relative")]
    [InlineData("https://")]
    [InlineData("")]
    public void Only_web_addresses_are_wrapped(string target)
    {
        Assert.False(TrackingTokens.CanWrap(target));
        Assert.Throws<ArgumentException>(() => _tokens.ClickUrl(1, 0, target));
    }

    [Fact]
    public void A_target_of_2000_characters_is_wrapped_and_a_longer_one_is_not()
    {
        var longest = "https://example.com/".PadRight(2000, 'x');
        var (token, target) = Parts(_tokens.ClickUrl(1, 0, longest));
        Assert.True(_tokens.TryReadClick(token, target, out _, out var url));
        Assert.Equal(longest, url);
        Assert.False(TrackingTokens.CanWrap(longest + "x"));
        Assert.False(_tokens.TryReadClick(token, target + "AAAA", out _, out _));
    }

    [Fact]
    public void Our_urls_are_short()
    {
        Assert.True(_tokens.PixelUrl(1_000_000).Length <= "https://t.example.com".Length + 32);
    }

    [Fact]
    public void Our_own_urls_are_known_under_any_host_and_inside_what_others_wrap_around_them()
    {
        var pixel = _tokens.PixelUrl(42);
        var click = _tokens.ClickUrl(42, 3, "https://example.com/offer");
        Assert.Equal(OwnUrl.Pixel, _tokens.Own(pixel));
        Assert.Equal(OwnUrl.Click("https://example.com/offer"), _tokens.Own(click));
        Assert.Equal(
            OwnUrl.Pixel,
            _tokens.Own(pixel.Replace("t.example.com", "old.example.net", StringComparison.Ordinal))
        );
        Assert.Equal(OwnUrl.Pixel, _tokens.Own($"https://ci3.googleusercontent.com/meips/ADKq_x=s0-d-e1-ft#{pixel}"));
        Assert.Equal(
            OwnUrl.Click("https://example.com/offer"),
            _tokens.Own(
                $"https://eur02.safelinks.protection.outlook.com/?url={Uri.EscapeDataString(click)}&data=05%7C02"
            )
        );
        Assert.Null(_tokens.Own("https://example.com/"));
        Assert.Null(_tokens.Own("https://t.example.com/t/o/AAAA.gif"));
        Assert.Null(_tokens.Own("not a url"));
        Assert.Null(_tokens.Own(pixel.Replace("/t/o/", "/t/c/", StringComparison.Ordinal)));
    }
}
