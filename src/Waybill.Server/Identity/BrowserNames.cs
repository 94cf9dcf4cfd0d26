namespace Waybill.Server.Identity;

/// <summary>A browser and its system as a person would name them. Enough to tell one's own devices apart, no proof of anything.</summary>
public static class BrowserNames
{
    /// <summary>The first that is found counts: most browsers name their relatives too.</summary>
    static readonly (string Mark, string Name)[] Browsers =
    [
        ("Edg/", "Edge"),
        ("EdgA/", "Edge"),
        ("EdgiOS/", "Edge"),
        ("OPR/", "Opera"),
        ("Vivaldi/", "Vivaldi"),
        ("SamsungBrowser/", "Samsung Internet"),
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("CriOS/", "Chrome"),
        ("Chromium/", "Chromium"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ];

    static readonly (string Mark, string Name)[] Systems =
    [
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS X", "Mac"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ];

    public static (string Browser, string System) Of(string? userAgent) =>
        (First(Browsers, userAgent), First(Systems, userAgent));

    static string First((string Mark, string Name)[] names, string? userAgent) =>
        names.FirstOrDefault(n => userAgent?.Contains(n.Mark, StringComparison.Ordinal) is true).Name ?? "";
}
