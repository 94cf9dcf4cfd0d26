using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.DataProtection;
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
        var keys = new KeyFolder(options);
        services.AddDataProtection().SetApplicationName("Waybill").PersistKeysToFileSystem(keys.Folder);
        // The folder's mode is what protects the keys; the warning that they are not encrypted would greet every newcomer.
        services.AddLogging(logging =>
            logging.AddFilter("Microsoft.AspNetCore.DataProtection.KeyManagement.XmlKeyManager", LogLevel.Error)
        );
        services
            .AddIdentityCore<User>(identity =>
            {
                identity.User.RequireUniqueEmail = true;
                // The user name is the address, which EmailAddress has judged.
                identity.User.AllowedUserNameCharacters = "";
                // Length is what helps against guessing (NIST SP 800-63B 5.1.1.2); what the eight must contain does not.
                identity.Password.RequiredLength = 8;
                identity.Password.RequireDigit = false;
                identity.Password.RequireLowercase = false;
                identity.Password.RequireUppercase = false;
                identity.Password.RequireNonAlphanumeric = false;
                identity.Lockout.MaxFailedAccessAttempts = 5;
                identity.Lockout.DefaultLockoutTimeSpan = TimeSpan.FromMinutes(5);
            })
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
        services.AddOAuth(options, keys);
        services.AddRateLimiter(limits =>
        {
            limits.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            limits.AddPolicy(SignInRate, PerAddress);
        });
        return services;
    }

    public static void MapIdentity(this IEndpointRouteBuilder app)
    {
        app.MapPost("/sign-out", SignOut.NowAsync);
        app.MapPost("/connect/token", IssueToken.HandleAsync).AllowAnonymous().DisableAntiforgery();
        app.MapPost(OAuthSetup.AnswerPath, AnswerApproval.HandleAsync).RequireAuthorization();
    }

    /// <summary>Looking at the form is free; tries are counted.</summary>
    static RateLimitPartition<string> PerAddress(HttpContext http) =>
        HttpMethods.IsPost(http.Request.Method)
            ? RateLimitPartition.GetFixedWindowLimiter(
                http.Connection.RemoteIpAddress?.ToString() ?? "",
                _ => new FixedWindowRateLimiterOptions { PermitLimit = 20, Window = TimeSpan.FromMinutes(1) }
            )
            : RateLimitPartition.GetNoLimiter("");

    /// <summary>In a request it is the request's session; in a circuit, the session the circuit was opened with.</summary>
    static CurrentUser WhoAsks(IServiceProvider provider)
    {
        if (provider.GetRequiredService<IHttpContextAccessor>().HttpContext is { } http)
            return CurrentUser.Of(http.User);
        var state = provider.GetRequiredService<AuthenticationStateProvider>().GetAuthenticationStateAsync();
        return state.IsCompletedSuccessfully ? CurrentUser.Of(state.GetAwaiter().GetResult().User) : CurrentUser.Nobody;
    }
}
