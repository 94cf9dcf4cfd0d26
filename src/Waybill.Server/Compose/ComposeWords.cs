using System.Globalization;
using Microsoft.Extensions.Localization;
using Waybill.Server.Crm;
using Waybill.Server.Kernel;
using Waybill.Server.Tracking;
using Waybill.Server.Ui;

namespace Waybill.Server.Compose;

/// <summary>What the pane says about a mail: one sentence a box, and a reason with its one action where a box can't be ticked.</summary>
public sealed class ComposeWords(IStringLocalizer<Words> T, WaybillOptions options)
{
    /// <summary>From here on in this request, sentences are in the user's language.</summary>
    public static void Speak(Identity.User user)
    {
        if (Words.Languages.Contains(user.Language))
            CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(user.Language);
    }

    public string TrackLabel(bool clicks) => clicks ? T["Track email opens and clicks"] : T["Track email opens"];

    public TrackPreview Track(ComposedMail mail, bool wanted, string? company)
    {
        var decision = mail.Tracking;
        var who =
            mail.Addressees.Count == 1
                ? company is null
                    ? mail.Addressees[0].Shown
                    : $"{mail.Addressees[0].Shown}, {company}"
                : T.Count(mail.Addressees.Count, "1 recipient", "{0} recipients");
        string sentence = decision.Answer switch
        {
            TrackAnswer.NoRecipients => T["Add a recipient to see what will happen"],
            _ when !decision.Allowed || !wanted => T["{0} — will not be tracked", who],
            TrackAnswer.TrackedAnonymously => T[
                "{0} — will be tracked, shown as “Someone of {1} opened”",
                who,
                mail.Addressees.Count
            ],
            _ => T["{0} — will be tracked", who],
        };
        return new TrackPreview(decision.Allowed, sentence, WhyNot(mail));
    }

    /// <summary>Null when tracking is allowed.</summary>
    public Reason? WhyNot(ComposedMail mail)
    {
        if (Refusal.Of(mail) is not { } refusal)
            return null;
        var superAdmin = mail.User.Role == Identity.Role.SuperAdmin;
        var (action, page) = mail.Tracking.Answer switch
        {
            TrackAnswer.OffForAccount when superAdmin => (T["Change it"], "/settings/email-log-and-track"),
            TrackAnswer.NotYourAddress => (T["Add it"], "/settings/me"),
            TrackAnswer.NoLegalBasis => (T["Set it"], $"/contacts/{mail.Addressees[0].Contact!.Id}"),
            _ => (null, ""),
        };
        return new(NotTracked.Tell(T, refusal.Stored), action?.Value, action is null ? null : At(page));
    }

    public string Log(ComposedMail mail, IReadOnlyList<LogRecord> records) =>
        mail.Logging switch
        {
            LogAnswer.NoRecipients => T["Add a recipient to see where it goes"],
            LogAnswer.NotYourAddress => T["Not logged: {0} is not one of your addresses", mail.From],
            LogAnswer.MayOnlyRead => T["Not logged: you may read records, not write them"],
            LogAnswer.OnlyColleagues => T["Not logged: all recipients are colleagues"],
            LogAnswer.OnlyUnknownContacts => T["Not logged: no recipient is a contact"],
            _ => string.Join(" · ", Kinds(records)),
        };

    /// <summary>"Contact · Contoso · 2 deals".</summary>
    IEnumerable<string> Kinds(IReadOnlyList<LogRecord> records)
    {
        var (known, made) = (Count(records, RecordTypes.Contact, false), Count(records, RecordTypes.Contact, true));
        if (known > 0)
            yield return T.Count(known, "Contact", "{0} contacts");
        if (made > 0)
            yield return T.Count(made, "new contact", "{0} new contacts");
        var companies = records.Where(r => r.Type == RecordTypes.Company).ToList();
        if (companies.Count > 0)
            yield return companies.Count == 1
                ? companies[0].Name
                : T.Count(companies.Count, "1 company", "{0} companies");
        if (Count(records, RecordTypes.Deal) is > 0 and var deals)
            yield return T.Count(deals, "1 deal", "{0} deals");
        if (Count(records, RecordTypes.Ticket) is > 0 and var tickets)
            yield return T.Count(tickets, "1 ticket", "{0} tickets");
    }

    static int Count(IReadOnlyList<LogRecord> records, string type, bool? made = null) =>
        records.Count(r => r.Type == type && (made is null || made == (r.WillBeCreated ?? false)));

    public string Why(WhyThere why) =>
        why switch
        {
            WhyThere.PrimaryCompany => T["Primary company"],
            WhyThere.OpenDeal => T["Open deal"],
            WhyThere.Deal => T["Closed deal"],
            WhyThere.Ticket => T["Ticket"],
            _ => T["Recipient"],
        };

    public string WillBeCreated => T["Not a contact yet"];

    public string You => T["you"];

    /// <summary>A day near enough to have a name gets it.</summary>
    public string LastTouch(DateTime at, DateTime now, string zone)
    {
        var place = TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var found) ? found : TimeZoneInfo.Utc;
        var day = TimeZoneInfo.ConvertTimeFromUtc(at, place).Date;
        var today = TimeZoneInfo.ConvertTimeFromUtc(now, place).Date;
        var culture = CultureInfo.CurrentUICulture;
        return (today - day).Days switch
        {
            <= 0 => T["last touch today"],
            1 => T["last touch yesterday"],
            < 7 => T["last touch {0}", day.ToString("ddd", culture)],
            _ when day.Year == today.Year => T["last touch {0}", day.ToString("d MMM", culture)],
            _ => T["last touch {0}", day.ToString("d MMM yyyy", culture)],
        };
    }

    public string LinksLeftAlone =>
        T["Opens are tracked; the links are not, because this mail has pictures in its text."];

    public string SentUntracked(Reason reason) => T["Sent without tracking. {0}", reason.Text];

    public string TooMany(int most) => T["A mail may have {0} recipients here.", most];

    public string TooSlow => T["Waybill took too long. The mail leaves with what was ready."];

    string At(string path) => options.Url + path;
}
