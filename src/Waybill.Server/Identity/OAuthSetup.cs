using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using OpenIddict.Validation;
using OpenIddict.Validation.AspNetCore;
using Waybill.Server.Kernel;
using Waybill.Server.Storage;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Waybill.Server.Identity;

/// <summary>
/// The one OAuth server: device grant (RFC 8628) for the pane. The issuer is fixed, since a token asked for on the HTTPS port must
/// be good on the other; entries are looked up on every request, so that revoking works at once.
/// </summary>
static class OAuthSetup
{
    public const string PaneClient = "waybill-pane";
    public const string ComposeScope = "compose";
    public const string ApprovePath = "/connect/approve";

    /// <summary>Where the approval page posts Approve or Don't connect.</summary>
    public const string AnswerPath = "/connect/answer";

    /// <summary>No vowels, so no words; nothing that is read as something else.</summary>
    const string CodeLetters = "BCDFGHJKLMNPQRSTVWXZ";

    /// <summary>Seconds between polls (RFC 8628 3.2).</summary>
    const int PollInterval = 2;

    public static readonly TimeSpan CodeLifetime = TimeSpan.FromMinutes(10);

    public static void AddOAuth(this IServiceCollection services, WaybillOptions options)
    {
        services
            .AddOpenIddict()
            .AddCore(core => core.UseEntityFrameworkCore().UseDbContext<AppDb>().ReplaceDefaultEntities<long>())
            .AddServer(server =>
            {
                server
                    .SetIssuer(new Uri(options.Url))
                    .SetDeviceAuthorizationEndpointUris("connect/device")
                    .SetTokenEndpointUris("connect/token")
                    .SetEndUserVerificationEndpointUris(options.Url + ApprovePath, AnswerPath[1..])
                    .AllowDeviceAuthorizationFlow()
                    .AllowRefreshTokenFlow()
                    .RegisterScopes(ComposeScope)
                    .SetDeviceCodeLifetime(CodeLifetime)
                    .SetUserCodeLifetime(CodeLifetime)
                    .SetAccessTokenLifetime(TimeSpan.FromMinutes(15))
                    .SetRefreshTokenLifetime(TimeSpan.FromDays(30))
                    .SetUserCodeCharset([.. CodeLetters.Select(c => c.ToString())])
                    .SetUserCodeLength(8)
                    .SetUserCodeDisplayFormat("{0}{1}{2}{3}-{4}{5}{6}{7}");
                server
                    .UseAspNetCore()
                    .EnableTokenEndpointPassthrough()
                    .EnableEndUserVerificationEndpointPassthrough()
                    .DisableTransportSecurityRequirement();
                server.AddEventHandler<ApplyDeviceAuthorizationResponseContext>(handler =>
                    handler.UseInlineHandler(SayInterval)
                );
                server.AddEventHandler<ExtractEndUserVerificationRequestContext>(handler =>
                    handler.UseInlineHandler(UpperCaseCode).SetOrder(int.MaxValue - 100_000)
                );
            })
            .AddValidation(validation =>
            {
                validation.UseLocalServer();
                validation.UseAspNetCore();
                validation.EnableTokenEntryValidation();
                validation.EnableAuthorizationEntryValidation();
            });
        services.AddSingleton<OAuthKeys>();
        services.AddSingleton<IConfigureOptions<OpenIddictServerOptions>>(p => p.GetRequiredService<OAuthKeys>());
        services.AddSingleton<IOptionsChangeTokenSource<OpenIddictServerOptions>>(p =>
            p.GetRequiredService<OAuthKeys>()
        );
        services.AddSingleton<IOptionsChangeTokenSource<OpenIddictValidationOptions>, OAuthKeys.Validation>();
        services.AddSingleton(new BeforeReady(RegisterClientsAsync));
    }

    public static void Compose(AuthorizationPolicyBuilder policy) =>
        policy
            .AddAuthenticationSchemes(OpenIddictValidationAspNetCoreDefaults.AuthenticationScheme)
            .RequireAuthenticatedUser()
            .RequireAssertion(context => context.User.HasScope(ComposeScope));

    static ValueTask SayInterval(ApplyDeviceAuthorizationResponseContext context)
    {
        if (string.IsNullOrEmpty(context.Response.Error))
            context.Response["interval"] = PollInterval;
        return default;
    }

    static ValueTask UpperCaseCode(ExtractEndUserVerificationRequestContext context)
    {
        if (context.Request?.UserCode is { } code)
            context.Request.UserCode = code.ToUpperInvariant();
        return default;
    }

    static async Task RegisterClientsAsync(IServiceProvider services, CancellationToken stop)
    {
        await using var scope = services.CreateAsyncScope();
        var applications = scope.ServiceProvider.GetRequiredService<IOpenIddictApplicationManager>();
        var pane = new OpenIddictApplicationDescriptor
        {
            ClientId = PaneClient,
            ClientType = OpenIddictConstants.ClientTypes.Public,
            ConsentType = OpenIddictConstants.ConsentTypes.Explicit,
            DisplayName = "Outlook, Sales tools",
            Permissions =
            {
                OpenIddictConstants.Permissions.Endpoints.DeviceAuthorization,
                OpenIddictConstants.Permissions.Endpoints.Token,
                OpenIddictConstants.Permissions.GrantTypes.DeviceCode,
                OpenIddictConstants.Permissions.GrantTypes.RefreshToken,
                OpenIddictConstants.Permissions.Prefixes.Scope + ComposeScope,
            },
        };
        if (await applications.FindByClientIdAsync(PaneClient, stop) is { } known)
            await applications.UpdateAsync(known, pane, stop);
        else
            await applications.CreateAsync(pane, stop);
    }
}
