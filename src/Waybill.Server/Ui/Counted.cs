using System.Globalization;
using Microsoft.Extensions.Localization;

namespace Waybill.Server.Ui;

/// <summary>1 open, 2 opens; 1 otwarcie, 2 otwarcia, 5 otwarć.</summary>
public static class Counted
{
    const string Between = " | ";

    extension(IStringLocalizer words)
    {
        /// <summary>
        /// Says <paramref name="one"/> for 1, else <paramref name="many"/>, whose translation may hold the language's further forms,
        /// parted by a bar. {0} is the number unless <paramref name="parts"/> says otherwise.
        /// </summary>
        public string Count(long n, string one, string many, params object[] parts)
        {
            var said = words[n == 1 ? one : many].Value;
            var forms = said.Split(Between);
            object[] filled = parts is [] ? [n] : parts;
            return string.Format(CultureInfo.CurrentCulture, forms[n == 1 ? 0 : Form(n, forms.Length)], filled);
        }
    }

    /// <summary>Which of the forms for more than one: of two, the first is for what ends in 2 to 4, but not in 12 to 14 (CLDR, pl).</summary>
    static int Form(long n, int forms) =>
        forms == 1 || (n % 10 is >= 2 and <= 4 && n % 100 is not (>= 12 and <= 14)) ? 0 : 1;
}
