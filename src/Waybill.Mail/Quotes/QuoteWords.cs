namespace Waybill.Mail;

/// <summary>The words mail programs put above a quoted mail, in the languages we have seen.</summary>
static class QuoteWords
{
    static readonly string[] From =
    [
        "From",
        "Od",
        "Von",
        "De",
        "Da",
        "Van",
        "Från",
        "Fra",
        "Lähettäjä",
        "Odesílatel",
        "Feladó",
        "Від",
        "От",
        "差出人",
        "发件人",
        "寄件者",
        "מאת",
        "من",
    ];

    static readonly string[] Sent =
    [
        "Sent",
        "Date",
        "Wysłano",
        "Data",
        "Gesendet",
        "Datum",
        "Envoyé",
        "Enviado",
        "Enviado el",
        "Fecha",
        "Inviato",
        "Verzonden",
        "Skickat",
        "Sendt",
        "Dato",
        "Lähetetty",
        "Odesláno",
        "Elküldve",
        "Надіслано",
        "Отправлено",
        "Дата",
        "送信日時",
        "发送时间",
        "日期",
        "נשלח",
    ];

    static readonly string[] Separators =
    [
        "Original Message",
        "Forwarded message",
        "Wiadomość oryginalna",
        "Oryginalna wiadomość",
        "Wiadomość przekazana",
        "Treść przekazanej wiadomości",
        "Ursprüngliche Nachricht",
        "Weitergeleitete Nachricht",
        "Message d'origine",
        "Message transféré",
        "Mensaje original",
        "Mensaje reenviado",
        "Messaggio originale",
        "Oorspronkelijk bericht",
        "Ursprungligt meddelande",
        "Původní zpráva",
        "Исходное сообщение",
        "Пересылаемое сообщение",
        "元のメッセージ",
    ];

    static readonly string[] Openings =
    [
        "On ",
        "W dniu ",
        "Dnia ",
        "Am ",
        "Le ",
        "El ",
        "Il ",
        "Em ",
        "Op ",
        "Den ",
        "Dne ",
        "On\u00A0",
    ];

    static readonly string[] Wrote =
    [
        "wrote:",
        "writes:",
        "napisał(a):",
        "napisał:",
        "napisała:",
        "pisze:",
        "schrieb:",
        "a écrit :",
        "a écrit:",
        "escribió:",
        "ha scritto:",
        "escreveu:",
        "schreef:",
        "skrev:",
        "napsal(a):",
        "napsal:",
        "пишет:",
        "написал(а):",
    ];

    // German puts the name behind the verb: "Am 5. Mai 2026 schrieb Jan Berg <jan@example.test>:".
    static readonly string[] WroteBeforeName = ["schrieb ", "skrev ", "schreef ", "pisze "];

    public static bool IsFrom(ReadOnlySpan<char> line) => IsLabel(line, From);

    public static bool IsSent(ReadOnlySpan<char> line) => IsLabel(line, Sent);

    /// <summary>"-----Original Message-----" and its like: at least three dashes before, at least three behind.</summary>
    public static bool IsSeparator(ReadOnlySpan<char> line)
    {
        var words = line.Trim();
        var inner = words.Trim('-');
        if (words.Length - inner.Length < 6 || !words.StartsWith("---") || !words.EndsWith("---"))
            return false;
        inner = inner.Trim();
        foreach (var separator in Separators)
        {
            if (inner.Equals(separator, StringComparison.OrdinalIgnoreCase))
                return true;
        }
        return false;
    }

    /// <summary>"On 5 May 2026 at 10:00, Jan Berg &lt;jan@example.test&gt; wrote:".</summary>
    public static bool IsAttribution(ReadOnlySpan<char> line)
    {
        line = line.Trim();
        if (line.Length is < 8 or > 400 || line[^1] is not (':' or '：') || line.IndexOfAnyInRange('0', '9') < 0)
            return false;
        var opened = StartsWithAny(line, Openings);
        if (!opened && !line.Contains('@'))
            return false;
        foreach (var wrote in Wrote)
        {
            if (line.EndsWith(wrote, StringComparison.OrdinalIgnoreCase))
                return true;
        }
        foreach (var wrote in WroteBeforeName)
        {
            if (opened && line.Contains(wrote, StringComparison.OrdinalIgnoreCase))
                return true;
        }
        return false;
    }

    static bool IsLabel(ReadOnlySpan<char> line, string[] labels)
    {
        line = line.TrimStart(" \t\u00A0*");
        foreach (var label in labels)
        {
            if (!line.StartsWith(label, StringComparison.OrdinalIgnoreCase))
                continue;
            var rest = line[label.Length..].TrimStart(" \u00A0*");
            if (rest.Length > 0 && rest[0] is ':' or '：')
                return true;
        }
        return false;
    }

    static bool StartsWithAny(ReadOnlySpan<char> line, string[] starts)
    {
        foreach (var start in starts)
        {
            if (line.StartsWith(start, StringComparison.OrdinalIgnoreCase))
                return true;
        }
        return false;
    }
}
