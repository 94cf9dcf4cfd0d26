using System.Globalization;
using Waybill.Server.Ui;

namespace Waybill.Server.Crm;

/// <summary>A record type as pages name it. Words are keys of the words file.</summary>
public sealed record RecordPath(string Type, string Plural, IconShape Icon, RecordWords Words);

/// <summary>Whole sentences, since other languages do not build them from parts.</summary>
public sealed record RecordWords(
    string Many,
    string One,
    string Create,
    string Search,
    string EmptyTitle,
    string EmptyText,
    string NoteHint
);

public static class RecordPaths
{
    public static readonly IReadOnlyList<RecordPath> All =
    [
        new(
            RecordTypes.Contact,
            "contacts",
            Icons.People20,
            new(
                "Contacts",
                "Contact",
                "Create contact",
                "Search contacts",
                "No contacts yet",
                "People you log mail with appear here by themselves. You can also add one by hand.",
                "Write a note about this contact…"
            )
        ),
        new(
            RecordTypes.Company,
            "companies",
            Icons.Building20,
            new(
                "Companies",
                "Company",
                "Create company",
                "Search companies",
                "No companies yet",
                "Give a company its domain name, and contacts with an address there join it by themselves.",
                "Write a note about this company…"
            )
        ),
        new(
            RecordTypes.Deal,
            "deals",
            Icons.Handshake20,
            new(
                "Deals",
                "Deal",
                "Create deal",
                "Search deals",
                "No deals yet",
                "A deal gathers the mail of everyone who belongs to it.",
                "Write a note about this deal…"
            )
        ),
        new(
            RecordTypes.Ticket,
            "tickets",
            Icons.Ticket20,
            new(
                "Tickets",
                "Ticket",
                "Create ticket",
                "Search tickets",
                "No tickets yet",
                "A ticket keeps a question and the mail about it together until it is answered.",
                "Write a note about this ticket…"
            )
        ),
    ];

    public static RecordPath OfType(string type) => All.Single(p => p.Type == type);

    /// <summary>By the first segment of a page's address, which routes have made sure is one of ours.</summary>
    public static RecordPath OfAddress(string relative) =>
        All.Single(p => relative.Split('/', '?', '#')[0].Equals(p.Plural, StringComparison.OrdinalIgnoreCase));

    public static string To(Record record) =>
        string.Create(CultureInfo.InvariantCulture, $"/{OfType(record.Type).Plural}/{record.Id}");
}
