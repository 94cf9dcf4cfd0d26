using Microsoft.AspNetCore.Http.HttpResults;
using Waybill.Server.Storage;

namespace Waybill.Server.Search;

public static class SearchSetup
{
    public static IServiceCollection AddSearch(this IServiceCollection services)
    {
        services.ConfigureDbContext<SqliteDb>(db => db.AddInterceptors(new KeepIndexed()));
        services.ConfigureDbContext<PostgresDb>(db => db.AddInterceptors(new KeepIndexed()));
        services.AddSingleton(new AfterMigration(SearchIndex.CreateAsync));
        services.AddHostedService<FillIndex>();
        return services;
    }

    public static void MapSearch(this IEndpointRouteBuilder app) =>
        app.MapGet("/search/suggestions", Suggestions).RequireAuthorization();

    /// <summary>The options under the search box, as a fragment of a page.</summary>
    static RazorComponentResult<SearchSuggestions> Suggestions(string? q, HttpContext http)
    {
        http.Response.Headers.CacheControl = "private, no-store";
        return new RazorComponentResult<SearchSuggestions>(new { Text = q });
    }
}
