using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Waybill.Server.Kernel;
using Waybill.Server.Storage;

namespace Waybill.Server.Identity;

public static class IdentitySetup
{
    public const string SuperAdminPolicy = "SuperAdmin";

    /// <summary>A bearer token of a connected app, with the scope compose.</summary>
    public const string ComposePolicy = "Compose";

    public const string SignInRate = "sign-in";

    public static IServiceCollection AddWaybillIdentity(this IServiceCollection services, WaybillOptions options)
    {
        services
            .AddIdentityCore<User>(identity =>
            {
                identity.User.RequireUniqueEmail = true;
                // One rule for passwords: PasswordRules. Identity's own count of wrong tries is not used: SignInTries.
                identity.Password.RequiredLength = 1;
                identity.Password.RequiredUniqueChars = 0;
                // The user name is the address, which EmailAddress has judged.
                identity.User.AllowedUserNameCharacters = "";
                identity.Password.RequireDigit = false;
                identity.Password.RequireLowercase = false;
                identity.Password.RequireUppercase = false;
                identity.Password.RequireNonAlphanumeric = false;
            })
            .AddPasswordValidator<PasswordValidator>()
            .AddSignInManager()
            .AddEntityFrameworkStores<AppDb>();
        services.Replace(ServiceDescriptor.Scoped<IUserClaimsPrincipalFactory<User>, SessionClaims>());
        services
            .AddAuthentication(IdentityConstants.ApplicationScheme)
            .AddCookie(IdentityConstants.ApplicationScheme, cookie => SessionCookie.Configure(cookie, options));
        services
            .AddAuthorizationBuilder()
            .AddPolicy(SuperAdminPolicy, p => p.RequireClaim(SessionClaims.Role, SessionClaims.SuperAdmin))
            .AddPolicy(ComposePolicy, OAuthSetup.Compose);
        services.AddHttpContextAccessor();
        services.AddScoped(WhoAsks);
        services.AddScoped<AuthenticationStateProvider, OpenPages>();
        services.AddOAuth(options);
        services.Configure<IdentityPasskeyOptions>(passkeys => Passkeys.Configure(passkeys, options));
        services.TryAddScoped<IPasskeyHandler<User>, PasskeyHandler<User>>();
        services.AddScoped<Passkeys>();
        services.AddSingleton<KnownBrowser>();
        services.AddSingleton<SecondStep>();
        services.AddSingleton<TwoFactor>();
        services.AddHostedService<CleanSignIn>();
        services.AddAntiforgery(forms =>
        {
            forms.Cookie.Name = ShortCookie.NameOf("waybill-forms", options);
            forms.Cookie.SecurePolicy = ShortCookie.IsHttps(options)
                ? CookieSecurePolicy.Always
                : CookieSecurePolicy.SameAsRequest;
        });
        services.AddRateLimiter(Limits.Configure);
        return services;
    }

    public static void MapIdentity(this IEndpointRouteBuilder app)
    {
        app.MapPost("/sign-out", SignOut.NowAsync);
        app.MapPasskeys();
        app.MapPost("/connect/token", IssueToken.HandleAsync).AllowAnonymous().DisableAntiforgery();
        app.MapPost(OAuthSetup.AnswerPath, AnswerApproval.HandleAsync).RequireAuthorization();
    }

    /// <summary>In a request it is the request's session; in a circuit, the session the circuit was opened with.</summary>
    static CurrentUser WhoAsks(IServiceProvider provider)
    {
        if (provider.GetRequiredService<IHttpContextAccessor>().HttpContext is { } http)
            return CurrentUser.Of(http.User);
        var state = provider.GetRequiredService<AuthenticationStateProvider>().GetAuthenticationStateAsync();
        return state.IsCompletedSuccessfully ? CurrentUser.Of(state.GetAwaiter().GetResult().User) : CurrentUser.Nobody;
    }
}
