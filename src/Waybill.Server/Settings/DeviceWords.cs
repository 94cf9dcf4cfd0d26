using Microsoft.Extensions.Localization;
using Waybill.Server.Ui;

namespace Waybill.Server.Settings;

static class DeviceWords
{
    public static string Of(IStringLocalizer<Words> words, (string Browser, string System) device) =>
        device switch
        {
            ("", "") => words["An unknown browser"],
            (var browser, "") => browser,
            ("", var system) => system,
            var (browser, system) => words["{0} on {1}", browser, system],
        };
}
