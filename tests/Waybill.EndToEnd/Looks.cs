using System.Collections.Concurrent;
using Deque.AxeCore.Commons;
using Microsoft.Playwright;

namespace Waybill.EndToEnd;

/// <summary>Looks at a page as everyone may see it: desk and phone, light, dark and high contrast.</summary>
static class Looks
{
    static readonly string Axe = new BundledAxeScriptProvider().GetScript();

    static readonly (string Name, ColorScheme Scheme, ForcedColors Forced)[] Lights =
    [
        ("light", ColorScheme.Light, ForcedColors.None),
        ("dark", ColorScheme.Dark, ForcedColors.None),
        ("contrast", ColorScheme.Dark, ForcedColors.Active),
    ];

    static readonly string? Album = Environment.GetEnvironmentVariable("WAYBILL_TEST_RESULTS") is { Length: > 0 } folder
        ? Path.Combine(folder, "pages")
        : null;

    /// <summary>
    /// What depends on the width or the language is asked at each width in each language, what depends on the light in each light, in
    /// English. Pictures are taken of all of it.
    /// </summary>
    public static async Task AtAsync(
        IPage page,
        string name,
        Tongue tongue,
        ConcurrentQueue<string> faults,
        bool phoneToo = true
    )
    {
        await page.EvaluateAsync("document.fonts.ready.then(() => {})");
        foreach (var width in phoneToo ? [1280, 390] : new[] { 1280 })
        {
            await page.SetViewportSizeAsync(width, width == 1280 ? 800 : 844);
            foreach (var (light, scheme, forced) in Lights)
            {
                if (light != "light" && Album is null && (tongue != Tongue.English || width != 1280))
                    continue;
                await page.EmulateMediaAsync(
                    new()
                    {
                        ColorScheme = scheme,
                        ForcedColors = forced,
                        ReducedMotion = ReducedMotion.Reduce,
                    }
                );
                var look = $"{name}-{tongue.Code}-{width}-{light}";
                if (Album is not null)
                    await page.ScreenshotAsync(new() { Path = Path.Combine(Album, $"{look}.png") });
                foreach (var frame in Ours(page))
                foreach (var fault in await FaultsAsync(frame, tongue, light, desk: width == 1280))
                    faults.Enqueue($"{look}: {fault}");
            }
        }
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light, ForcedColors = ForcedColors.None });
        await page.SetViewportSizeAsync(1280, 800);
    }

    /// <summary>Mail stands in frames without scripts, where axe would wait for an answer that can't come.</summary>
    static IEnumerable<IFrame> Ours(IPage page) =>
        page.Frames.Where(f => f == page.MainFrame || f.Url.Contains("/addin/pane", StringComparison.Ordinal));

    /// <summary>Stands in for Outlook, which is not ours and speaks English here.</summary>
    static bool IsSimulator(IFrame frame) => frame.Url.Contains("/demo/outlook", StringComparison.Ordinal);

    static async Task<string[]> FaultsAsync(IFrame frame, Tongue tongue, string light, bool desk) =>
        (light, tongue == Tongue.English) switch
        {
            ("light", true) => [.. await AxeAsync(frame, ""), .. await frame.EvaluateAsync<string[]>(Clipped)],
            ("light", false) =>
            [
                .. await frame.EvaluateAsync<string[]>(Clipped),
                .. IsSimulator(frame) ? [] : await StrangeAsync(frame, tongue),
            ],
            ("dark", true) when desk => await AxeAsync(frame, "color-contrast"),
            ("contrast", true) when desk => await frame.EvaluateAsync<string[]>(Unseen),
            _ => [],
        };

    /// <summary>English where the page speaks another language.</summary>
    public static Task<string[]> StrangeAsync(IFrame frame, Tongue tongue) =>
        frame.EvaluateAsync<string[]>(InAnotherLanguage, new { lang = tongue.Code, foreign = tongue.Foreign });

    /// <summary>The page of an outage comes back by itself, which is its point; nothing is read or typed there for long.</summary>
    static async Task<string[]> AxeAsync(IFrame frame, string only)
    {
        if (!await frame.EvaluateAsync<bool>("'axe' in window"))
            await frame.EvaluateAsync(Axe);
        return await frame.EvaluateAsync<string[]>(
            """
            only => axe.run(document, { iframes: false, resultTypes: ['violations'], rules: { 'meta-refresh': { enabled: false } }, ...(only ? { runOnly: [only] } : {}) }).then(found => found.violations
                .filter(v => v.impact === 'serious' || v.impact === 'critical')
                .flatMap(v => v.nodes.map(n => `${v.id}, ${n.any[0]?.message ?? v.help}: ${n.html}`)))
            """,
            only
        );
    }

    /// <summary>
    /// The page is not wider than the screen, and no text is cut by a box that neither scrolls nor says with an ellipsis that there is
    /// more, nor runs over the edge of its own button, tab or cell.
    /// </summary>
    const string Clipped = """
        () => {
            const faults = [], root = document.scrollingElement, seen = new Set();
            if (root.scrollWidth > root.clientWidth) faults.push(`${root.scrollWidth - root.clientWidth} px wider than the screen`);
            const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
            for (let node; (node = walker.nextNode()); ) {
                const own = node.parentElement;
                if (!node.data.trim() || !own.checkVisibility({ visibilityProperty: true, opacityProperty: true }) || own.closest('script, style, option, .sr, .skip')) continue;
                const range = document.createRange();
                range.selectNodeContents(node);
                const text = range.getBoundingClientRect();
                if (text.width < 2 || text.height < 2) continue;
                const say = what => {
                    const fault = `${what}: “${node.data.trim().slice(0, 60)}” in ${own.tagName.toLowerCase()}.${own.className}`;
                    if (!seen.has(fault)) faults.push(fault), seen.add(fault);
                };
                if (getComputedStyle(own).clipPath !== 'none') continue;
                const box = own.closest('button, .btn, .chip, .tab, .rail a, th, .pill, .tag');
                if (box) {
                    const edge = box.getBoundingClientRect();
                    const cut = [...ancestors(own, box)].some(e => getComputedStyle(e).textOverflow === 'ellipsis');
                    if (!cut && (text.right > edge.right + 1.5 || text.left < edge.left - 1.5)) say('runs over');
                }
                for (const e of ancestors(own, null)) {
                    const s = getComputedStyle(e);
                    if (s.clipPath !== 'none' || s.position === 'fixed') break;
                    if (s.textOverflow === 'ellipsis' || s.webkitLineClamp !== 'none') break;
                    if (/auto|scroll/.test(s.overflowX + s.overflowY)) break;
                    if (!/hidden|clip/.test(s.overflowX + s.overflowY)) continue;
                    const edge = e.getBoundingClientRect();
                    if (text.right > edge.right + 1.5 || text.left < edge.left - 1.5 || text.bottom > edge.bottom + 3 || text.top < edge.top - 3) say('cut');
                }
            }
            return faults;
            function* ancestors(from, to) {
                for (let e = from; e && e !== document.body; e = e.parentElement) {
                    yield e;
                    if (e === to) return;
                }
            }
        }
        """;

    /// <summary>What stands on the page or in its names in English though the page says it in another language.</summary>
    const string InAnotherLanguage = """
        ({ lang, foreign }) => {
            const faults = [], words = new Set(foreign);
            if (document.documentElement.lang !== lang) faults.push(`says it is in “${document.documentElement.lang}”`);
            const look = (text, where) => { if (words.has(text?.trim())) faults.push(`English ${where}: “${text.trim()}”`); };
            const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
            for (let node; (node = walker.nextNode()); ) if (!node.parentElement.closest('[lang]:not(html), script')) look(node.data, 'text');
            for (const e of document.querySelectorAll('[aria-label], [title], [placeholder]'))
                for (const name of ['aria-label', 'title', 'placeholder']) look(e.getAttribute(name), name);
            look(document.title.replace(' · Waybill', ''), 'title of the page');
            return faults;
        }
        """;

    /// <summary>In high contrast an icon has the colour of its text, and what can be pressed has an edge or is a link.</summary>
    const string Unseen = """
        () => {
            const faults = new Set(), name = e => `${e.tagName.toLowerCase()}.${e.className.baseVal ?? e.className} “${(e.ariaLabel ?? e.innerText ?? '').trim().slice(0, 30)}”`;
            const behind = e => {
                for (; e; e = e.parentElement) {
                    const colour = getComputedStyle(e).backgroundColor;
                    if (!/, 0\)$|transparent/.test(colour)) return colour;
                }
                return 'rgb(0, 0, 0)';
            };
            for (const path of document.querySelectorAll('svg path')) {
                if (!path.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
                const s = getComputedStyle(path), ink = s.fill === 'none' ? s.stroke : s.fill;
                if (ink === behind(path.closest('svg'))) faults.add(`unseen icon in ${name(path.closest('svg').parentElement)}`);
            }
            for (const e of document.querySelectorAll('button:not(.text, .icon, .subtle, .link, .subject), .btn:not(.subtle, .icon, .link), input:not([type=hidden]), select, textarea')) {
                if (!e.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
                const s = getComputedStyle(e), around = e.closest('.search, .seg, .tabs') ?? e;
                const edged = x => ['Top', 'Bottom', 'Left'].some(side => parseFloat(getComputedStyle(x)[`border${side}Width`]) > 0) || getComputedStyle(x).outlineStyle !== 'none';
                if (!edged(e) && !edged(around) && s.backgroundColor === behind(e.parentElement)) faults.add(`no edge: ${name(e)}`);
            }
            for (const e of document.querySelectorAll('[aria-pressed=true], [aria-current]:not([aria-current=false])')) {
                const other = e.parentElement.querySelector(':scope > [aria-pressed=false]');
                if (!other || !e.checkVisibility()) continue;
                const [a, b] = [getComputedStyle(e), getComputedStyle(other)];
                if (a.backgroundColor === b.backgroundColor && a.borderColor === b.borderColor && a.borderWidth === b.borderWidth && a.outlineStyle === b.outlineStyle) faults.add(`pressed looks like not pressed: ${name(e)}`);
            }
            return [...faults];
        }
        """;
}
