using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.EntityFrameworkCore;
using Waybill.Server.Identity;
using Waybill.Server.Storage;
using Waybill.Server.Timeline;
using Waybill.Server.Ui;

namespace Waybill.Server.Crm;

/// <summary>The moving part of a record page: hears that its record changed and reads again what is on screen.</summary>
public sealed partial class RecordBody(
    IDbContextFactory<AppDb> databases,
    IEnumerable<TimelineCard> cards,
    Hints hints,
    TimeProvider clock
) : IDisposable
{
    const int PageSize = 30;

    static readonly (string? Kind, string Label)[] Kinds =
    [
        (null, "All"),
        (TimelineKinds.Email, "Mail"),
        (TimelineKinds.Note, "Notes"),
    ];

    static readonly (string Tab, string Label)[] Tabs =
    [
        ("details", "Details"),
        ("timeline", "Timeline"),
        ("related", "Related"),
    ];

    readonly Dictionary<string, TimelineCard> _cards = cards.ToDictionary(c => c.Kind);
    RecordDetails? _details;
    User? _user;
    Viewer _viewer = Viewer.Nobody;
    Dictionary<long, ShownEntry> _shown = [];
    IReadOnlyList<TimelineMonth> _months = [];
    List<TimelineEntry> _entries = [];
    ShownEntry? _pinned;
    TimelineCursor? _older;
    IDisposable? _subscription;
    bool _reading;
    bool _readAgain;
    string? _kind;
    string _tab = "timeline";
    string? _editing;
    string? _editError;

    [Parameter, EditorRequired]
    public long Id { get; set; }

    [Parameter, EditorRequired]
    public required string Type { get; set; }

    [CascadingParameter]
    public Task<AuthenticationState>? SignedIn { get; set; }

    RecordPath Path => RecordPaths.OfType(Type);

    bool MayEdit => RendererInfo.IsInteractive && _user is { ViewOnly: false, Active: true };

    string EmptyText =>
        _kind switch
        {
            TimelineKinds.Note => T["Notes you and your colleagues write about it stand here."],
            _ => T["Mail you log from Outlook appears here by itself, with its opens and clicks."],
        };

    /// <summary>
    /// Reads before the first render, not in OnInitialized: the browser keeps the prerendered page until then, so nothing blinks.
    /// </summary>
    public override async Task SetParametersAsync(ParameterView parameters)
    {
        parameters.SetParameterProperties(this);
        if (_subscription is null)
        {
            if (SignedIn is not null)
                _viewer = Viewer.Of((await SignedIn).User);
            if (RendererInfo.IsInteractive)
                _subscription = hints.Subscribe(HearAsync);
            await ReadAsync();
        }
        await base.SetParametersAsync(ParameterView.Empty);
    }

    public void Dispose() => _subscription?.Dispose();

    /// <summary>Publishers do not wait for pages.</summary>
    Task HearAsync(Hint hint)
    {
        if (Concerns(hint))
            _ = InvokeAsync(RefreshAsync);
        return Task.CompletedTask;
    }

    bool Concerns(Hint hint) =>
        hint is RecordChanged changed && changed.RecordId == Id
        || _shown.Values.Any(s =>
            s.Content is not null && _cards.TryGetValue(s.Entry.Kind, out var card) && card.Concerns(s.Content, hint)
        );

    /// <summary>Hints that arrive while it reads are answered by one more reading, however many they are.</summary>
    async Task RefreshAsync()
    {
        _readAgain = true;
        if (_reading)
            return;
        _reading = true;
        try
        {
            while (_readAgain)
            {
                _readAgain = false;
                await ReadAsync();
            }
        }
        finally
        {
            _reading = false;
        }
        StateHasChanged();
    }

    async Task ReadAsync()
    {
        await using var db = await databases.CreateDbContextAsync();
        _user = await db.Users.AsNoTracking().SingleOrDefaultAsync(u => u.Id == _viewer.Id);
        _details = await ReadRecordPage.OfAsync(db, Type, Id);
        if (_details is null)
            return;
        var page =
            _entries.Count > PageSize
                ? await ReadTimeline.DownToAsync(db, Id, _kind, TimelineCursor.Of(_entries[^1]))
                : await ReadTimeline.PageAsync(db, Id, _kind, null, PageSize);
        await ShowAsync(db, [.. page.Entries], page.Older);
    }

    async Task ShowOlderAsync()
    {
        if (_older is not { } place)
            return;
        await using var db = await databases.CreateDbContextAsync();
        var page = await ReadTimeline.PageAsync(db, Id, _kind, place, PageSize);
        await ShowAsync(db, [.. _entries, .. page.Entries], page.Older);
    }

    Task ShowKindAsync(string? kind)
    {
        _kind = kind;
        _entries = [];
        return RefreshAsync();
    }

    async Task ShowAsync(AppDb db, List<TimelineEntry> entries, TimelineCursor? older)
    {
        var pinned = _details?.Record.PinnedId is { } id ? await ReadTimeline.EntryAsync(db, Id, id) : null;
        var all = pinned is null ? entries : [.. entries, pinned];
        var contents = new Dictionary<long, object>();
        foreach (var kind in all.DistinctBy(e => e.Id).GroupBy(e => e.Kind))
            if (_cards.TryGetValue(kind.Key, out var card))
                foreach (var (entry, content) in await card.LoadAsync(db, [.. kind], default))
                    contents[entry] = content;
        _entries = entries;
        _older = older;
        _shown = all.DistinctBy(e => e.Id).ToDictionary(e => e.Id, e => Shown(e, contents, e.Id == pinned?.Id));
        _pinned = pinned is null ? null : _shown[pinned.Id];
        // It stands on top; twice would make two of one.
        _months = TimelineMonths.Of(entries.Where(e => e.Id != pinned?.Id), _viewer.Zone);
    }

    ShownEntry Shown(TimelineEntry entry, Dictionary<long, object> contents, bool pinned) =>
        new(
            entry,
            contents.GetValueOrDefault(entry.Id),
            pinned,
            entry.ActorId is { } actor ? _details?.Users.GetValueOrDefault(actor) : null
        )
        {
            TogglePin = MayEdit && entry.SubjectId is { } subject ? () => TogglePinAsync(subject, pinned) : null,
        };

    async Task TogglePinAsync(long subject, bool pinned)
    {
        await using var db = await databases.CreateDbContextAsync();
        if (_user is null)
            return;
        _ = pinned ? await PinEntry.OffAsync(db, _user, Id) : await PinEntry.OnAsync(db, _user, Id, subject);
        await hints.PublishAsync(new RecordChanged(Id));
    }

    /// <returns>What is wrong, in words; null when it was written.</returns>
    async Task<string?> WriteNoteAsync(string text)
    {
        await using var db = await databases.CreateDbContextAsync();
        if (_user is null)
            return T["You are not signed in any more. Load this page again."];
        var outcome = await WriteNote.OnAsync(db, _user, Id, text, clock.GetUtcNow().UtcDateTime);
        if (outcome != NoteOutcome.Written)
            return T[
                outcome switch
                {
                    NoteOutcome.Empty => "Write something first.",
                    NoteOutcome.TooLong => "A note has at most 20,000 characters.",
                    NoteOutcome.Gone => EditWords.Of(EditOutcome.Gone),
                    _ => EditWords.Of(EditOutcome.NotAllowed),
                }
            ];
        await hints.PublishAsync(new RecordChanged(Id));
        return null;
    }

    void Edit(string? property)
    {
        _editing = property;
        _editError = null;
        if (property is not null)
            _tab = "details";
    }

    async Task SaveAsync((string Name, string? Value) edit)
    {
        await using var db = await databases.CreateDbContextAsync();
        var outcome = _user is null
            ? EditOutcome.NotAllowed
            : await EditProperty.SaveAsync(db, _user, Id, edit.Name, edit.Value, clock.GetUtcNow().UtcDateTime);
        if (outcome != EditOutcome.Saved)
        {
            _editError = T[EditWords.Of(outcome)];
            return;
        }
        _editing = _editError = null;
        await RefreshAsync();
        await hints.PublishAsync(new RecordChanged(Id));
    }
}
