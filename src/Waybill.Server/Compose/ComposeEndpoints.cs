using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Waybill.Server.Identity;
using Waybill.Server.Kernel;
using Waybill.Server.Settings;
using Waybill.Server.Storage;
using Waybill.Server.Ui;

namespace Waybill.Server.Compose;

/// <summary>What the add-in asks. The pane comes with its token, the send event with the draft's ticket; neither with a cookie.</summary>
public static class ComposeEndpoints
{
    const long MostDraftBytes = 1024 * 1024;
    const int LongestHtml = 4 * 1024 * 1024;

    /// <summary>JSON's escapes and everything beside the text.</summary>
    const long MostSendBytes = (LongestHtml * 2L) + MostDraftBytes;

    public static void MapCompose(this IEndpointRouteBuilder app)
    {
        var compose = app.MapGroup("/compose").DisableAntiforgery();
        compose.MapGet("/start", StartAsync).RequireAuthorization(IdentitySetup.ComposePolicy);
        compose.MapPost("/draft", DraftAsync).RequireAuthorization(IdentitySetup.ComposePolicy);
        compose.MapPost("/send", SendAsync).AllowAnonymous();
    }

    static async Task<Results<Ok<StartAnswer>, ProblemHttpResult>> StartAsync(
        HttpContext http,
        AppDb db,
        WaybillOptions options,
        ComposeWords words,
        CancellationToken stop
    )
    {
        if (await UserAsync(db, Viewer.IdOf(http.User), stop) is not { } user)
            return NotYou();
        ComposeWords.Speak(user);
        var account = await db.ReadSettingsAsync(stop);
        var defaults = TrackAndLogDefaults.For(account, user);
        var clicks = account.AllowTracking && user.Seat == Seat.Sales;
        return TypedResults.Ok(
            new StartAnswer(
                new ComposeAccount(account.Name, options.AccountId),
                new ComposeUser(user.Email ?? "", user.Name, user.Seat == Seat.Sales ? "sales" : "free", user.Language),
                options.BccAddress,
                new ComposeDefaults(defaults.Track, defaults.Log),
                account.AllowTracking,
                clicks,
                words.TrackLabel(user.Seat == Seat.Sales)
            )
        );
    }

    static async Task<Results<Ok<DraftAnswer>, ProblemHttpResult>> DraftAsync(
        HttpContext http,
        AppDb db,
        OpenDraft draft,
        ComposeWords words,
        CancellationToken stop
    )
    {
        if (await UserAsync(db, Viewer.IdOf(http.User), stop) is not { } user)
            return NotYou();
        ComposeWords.Speak(user);
        var (request, wrong) = await ReadBody.AsAsync<DraftRequest>(http, MostDraftBytes, stop);
        if (request is null)
            return wrong!;
        if (request.Recipients?.Count > ComposedMail.MostRecipients)
            return TooMany(words);
        return TypedResults.Ok(await draft.RunAsync(user, request, stop));
    }

    static async Task<Results<Ok<SendAnswer>, ProblemHttpResult>> SendAsync(
        HttpContext http,
        DraftTickets tickets,
        PrepareSend prepare,
        ComposeWords words,
        CancellationToken stop
    )
    {
        if (!tickets.TryRead(http.Request.Headers.Authorization, out var ticket))
            return NotYou();
        var (request, wrong) = await ReadBody.AsAsync<SendRequest>(http, MostSendBytes, stop);
        if (request is null)
            return wrong!;
        if (request.Html?.Length > LongestHtml)
            return ReadBody.TooLarge();
        if (request.Recipients?.Count > ComposedMail.MostRecipients)
            return TooMany(words);
        return await prepare.RunAsync(ticket, request, stop) is { } answer ? TypedResults.Ok(answer) : NotYou();
    }

    /// <summary>A token outlives what its user may do by minutes; the row does not.</summary>
    static async Task<User?> UserAsync(AppDb db, long? id, CancellationToken stop) =>
        await db.Users.AsNoTracking().FirstOrDefaultAsync(u => u.Id == id && u.Active, stop);

    static ProblemHttpResult NotYou() => Problem.Unauthorized("Connect again from the pane in Outlook.");

    static ProblemHttpResult TooMany(ComposeWords words) =>
        Problem.BadRequest(words.TooMany(ComposedMail.MostRecipients));
}
