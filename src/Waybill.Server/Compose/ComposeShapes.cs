using System.Text.Json.Serialization;

namespace Waybill.Server.Compose;

// The pane's half of this contract is clients/shared/src/api.ts.

public sealed record ComposeAccount(string Name, long Id);

public sealed record ComposeUser(string Email, string Name, string Seat, string Language);

public sealed record ComposeDefaults(bool Track, bool Log);

public sealed record StartAnswer(
    ComposeAccount Account,
    ComposeUser User,
    string BccAddress,
    ComposeDefaults Defaults,
    bool CanTrack,
    bool CanTrackClicks,
    string TrackLabel
);

/// <summary>Kind is to, cc or bcc.</summary>
public sealed record ComposeRecipient(string? Kind, string? Address, string? Name);

public sealed record DraftRequest(
    string? DraftId,
    string? From,
    IReadOnlyList<ComposeRecipient>? Recipients,
    string? Subject,
    bool Track,
    bool Log
);

public sealed record DraftAnswer(
    string DraftId,
    string Ticket,
    string? PixelHtml,
    string BccAddress,
    TrackPreview Track,
    LogPreview Log,
    IReadOnlyList<Person> Recipients
);

public sealed record TrackPreview(
    bool Allowed,
    string Sentence,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Reason? Reason
);

/// <summary>Why not, in one sentence, and the one thing to do about it.</summary>
public sealed record Reason(
    string Text,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ActionText = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ActionUrl = null
);

public sealed record LogPreview(string Sentence, IReadOnlyList<LogRecord> Records);

public sealed record LogRecord(
    string Id,
    string Type,
    string Name,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Detail,
    string Why,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] bool? WillBeCreated = null
);

public sealed record Person(
    string Address,
    string Name,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ContactId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Company,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Owner,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? LastTouch
);

public sealed record SendRequest(
    string? From,
    IReadOnlyList<ComposeRecipient>? Recipients,
    string? Subject,
    string? Html,
    bool HasInlineImages,
    bool PixelAppended,
    bool Track,
    bool Log,
    bool Prepare = false
);

/// <summary>Html is null when the body stays as it is; PixelHtml is null when the body needs none or carries it.</summary>
public sealed record SendAnswer(
    string? Html,
    string? PixelHtml,
    IReadOnlyDictionary<string, string> Headers,
    BccChange Bcc,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Message
);

public sealed record BccChange(IReadOnlyList<string> Add, IReadOnlyList<string> Remove);
