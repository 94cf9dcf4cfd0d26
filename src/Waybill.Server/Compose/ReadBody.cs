using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Waybill.Server.Kernel;

namespace Waybill.Server.Compose;

/// <summary>A JSON body under a size cap, or the problem that says what is wrong with it.</summary>
static class ReadBody
{
    public static async Task<(T? Body, ProblemHttpResult? Wrong)> AsAsync<T>(
        HttpContext http,
        long mostBytes,
        CancellationToken stop
    )
        where T : class
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = mostBytes;
        if (!http.Request.HasJsonContentType())
            return (null, Problem.BadRequest("Send JSON, with Content-Type: application/json."));
        try
        {
            return await http.Request.ReadFromJsonAsync<T>(JsonSerializerOptions.Web, stop) is { } body
                ? (body, null)
                : (null, Problem.BadRequest("The body is empty."));
        }
        catch (JsonException error)
        {
            return (null, Problem.BadRequest($"The body is not the JSON expected, at {error.Path ?? "$"}."));
        }
        catch (BadHttpRequestException error) when (error.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return (null, TooLarge());
        }
    }

    public static ProblemHttpResult TooLarge() =>
        TypedResults.Problem(
            title: "Too large",
            detail: "A mail's text may have 4 MB. Send it without Waybill, or take something out of it.",
            statusCode: StatusCodes.Status413PayloadTooLarge
        );
}
