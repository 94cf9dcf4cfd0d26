using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.SignalR;
using Waybill.Server.Timeline;
using Waybill.Server.Ui;

namespace Waybill.Server.Feed;

/// <summary>
/// Tells a user's open pages and clients that a mail changed: method <c>mailChanged</c>, <c>{ mailId, hitId }</c>. Hints travel, data is
/// read: what happened is asked for at <c>/feed/notice/{hitId}</c>.
/// </summary>
[Authorize]
public sealed class FeedHub : Hub
{
    public static string GroupOf(long userId) => $"user:{userId}";

    public override async Task OnConnectedAsync()
    {
        if (Viewer.IdOf(Context.User) is { } userId)
            await Groups.AddToGroupAsync(Context.ConnectionId, GroupOf(userId));
        await base.OnConnectedAsync();
    }
}

/// <summary>Carries hints from this process to the hub's groups.</summary>
public sealed class ForwardHints(Hints hints, IHubContext<FeedHub> hub) : IHostedService, IDisposable
{
    IDisposable? _subscription;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _subscription = hints.Subscribe(hint =>
            hint is MailChanged mail
                ? hub
                    .Clients.Group(FeedHub.GroupOf(mail.UserId))
                    .SendAsync("mailChanged", new { mailId = mail.MailId, hitId = mail.HitId }, CancellationToken.None)
                : Task.CompletedTask
        );
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _subscription?.Dispose();
        return Task.CompletedTask;
    }

    public void Dispose() => _subscription?.Dispose();
}
