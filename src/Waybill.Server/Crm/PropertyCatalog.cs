namespace Waybill.Server.Crm;

public enum PropertyKind
{
    Text,
    Email,
    Phone,
    Domain,
    Choice,
    Owner,
    Money,
    Date,
    LongText,
}

/// <param name="Value">What is stored and what the API shows.</param>
/// <param name="Label">English; shown through the words file.</param>
public sealed record PropertyChoice(string Value, string Label);

/// <summary>One property of a record type, as data: its API name, its label and how it is edited.</summary>
public sealed record PropertyDefinition(string Name, string Label, PropertyKind Kind)
{
    public IReadOnlyList<PropertyChoice> Choices { get; init; } = [];

    /// <summary>A record of this type makes no sense without it.</summary>
    public bool Required { get; init; }

    /// <summary>Asked when a record is created by hand.</summary>
    public bool OnCreate { get; init; }
}

/// <summary>The default properties of each record type. Names are HubSpot's, so that its clients find theirs.</summary>
public static class PropertyCatalog
{
    public const string Owner = "hubspot_owner_id";

    /// <summary>The six values of hs_legal_basis (features.md 2.9): the first two have an en dash, the third a hyphen.</summary>
    public static readonly IReadOnlyList<PropertyChoice> LegalBases = Same(
        "Legitimate interest – prospect/lead",
        "Legitimate interest – existing customer",
        "Legitimate interest - other",
        "Performance of a contract",
        "Freely given consent from contact",
        "Not applicable"
    );

    public static readonly IReadOnlyList<PropertyChoice> DealStages =
    [
        new("appointmentscheduled", "Appointment scheduled"),
        new("qualifiedtobuy", "Qualified to buy"),
        new("presentationscheduled", "Presentation scheduled"),
        new("decisionmakerboughtin", "Decision maker bought in"),
        new("contractsent", "Contract sent"),
        new("closedwon", "Won"),
        new("closedlost", "Lost"),
    ];

    public static readonly IReadOnlyList<PropertyChoice> TicketStages =
    [
        new("1", "New"),
        new("2", "Waiting on contact"),
        new("3", "Waiting on us"),
        new("4", "Closed"),
    ];

    static readonly string[] ClosedStages = ["closedwon", "closedlost"];

    static readonly Dictionary<string, IReadOnlyList<PropertyDefinition>> ByType = new()
    {
        [RecordTypes.Contact] =
        [
            new("email", "Email", PropertyKind.Email) { Required = true, OnCreate = true },
            new("firstname", "First name", PropertyKind.Text) { OnCreate = true },
            new("lastname", "Last name", PropertyKind.Text) { OnCreate = true },
            new("jobtitle", "Job title", PropertyKind.Text),
            new("phone", "Phone", PropertyKind.Phone),
            new(Owner, "Contact owner", PropertyKind.Owner),
            new("lifecyclestage", "Lifecycle stage", PropertyKind.Choice)
            {
                Choices =
                [
                    new("lead", "Lead"),
                    new("marketingqualifiedlead", "Marketing qualified lead"),
                    new("salesqualifiedlead", "Sales qualified lead"),
                    new("opportunity", "Opportunity"),
                    new("customer", "Customer"),
                    new("other", "Other"),
                ],
            },
            new("hs_legal_basis", "Legal basis for processing contact's data", PropertyKind.Choice)
            {
                Choices = LegalBases,
            },
            new("city", "City", PropertyKind.Text),
        ],
        [RecordTypes.Company] =
        [
            new("name", "Company name", PropertyKind.Text) { Required = true, OnCreate = true },
            new("domain", "Company domain name", PropertyKind.Domain) { OnCreate = true },
            new("phone", "Phone", PropertyKind.Phone),
            new(Owner, "Company owner", PropertyKind.Owner),
            new("industry", "Industry", PropertyKind.Text),
            new("city", "City", PropertyKind.Text),
            new("description", "Description", PropertyKind.LongText),
        ],
        [RecordTypes.Deal] =
        [
            new("dealname", "Deal name", PropertyKind.Text) { Required = true, OnCreate = true },
            new("dealstage", "Deal stage", PropertyKind.Choice)
            {
                Choices = DealStages,
                Required = true,
                OnCreate = true,
            },
            new("amount", "Amount", PropertyKind.Money) { OnCreate = true },
            new("deal_currency_code", "Currency", PropertyKind.Choice) { Choices = Same("EUR", "PLN", "USD", "GBP") },
            new("closedate", "Close date", PropertyKind.Date) { OnCreate = true },
            new(Owner, "Deal owner", PropertyKind.Owner),
            new("description", "Description", PropertyKind.LongText),
        ],
        [RecordTypes.Ticket] =
        [
            new("subject", "Ticket name", PropertyKind.Text) { Required = true, OnCreate = true },
            new("hs_pipeline_stage", "Ticket status", PropertyKind.Choice)
            {
                Choices = TicketStages,
                Required = true,
                OnCreate = true,
            },
            new("hs_ticket_priority", "Priority", PropertyKind.Choice)
            {
                Choices = [new("LOW", "Low"), new("MEDIUM", "Medium"), new("HIGH", "High")],
            },
            new(Owner, "Ticket owner", PropertyKind.Owner),
            new("content", "Description", PropertyKind.LongText) { OnCreate = true },
        ],
    };

    public static IReadOnlyList<PropertyDefinition> Of(string type) => ByType.GetValueOrDefault(type, []);

    public static PropertyDefinition? Find(string type, string name) => Of(type).FirstOrDefault(p => p.Name == name);

    /// <summary>The stored value's label; a value nobody defined is shown as it is.</summary>
    public static string Label(string type, string property, string? value) =>
        Find(type, property)?.Choices.FirstOrDefault(c => c.Value == value)?.Label ?? value ?? "";

    public static bool IsClosed(string type, string? stage) =>
        type switch
        {
            RecordTypes.Deal => ClosedStages.Contains(stage),
            RecordTypes.Ticket => stage == "4",
            _ => false,
        };

    static IReadOnlyList<PropertyChoice> Same(params string[] values) =>
        [.. values.Select(v => new PropertyChoice(v, v))];
}
