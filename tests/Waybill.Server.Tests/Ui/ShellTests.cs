using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Waybill.Server.Ui;
using Waybill.Server.Web;

namespace Waybill.Server.Tests.Ui;

public sealed class ShellTests
{
    [Theory]
    [InlineData("/feed", SecurityHeaders.Policy)]
    [InlineData("/", SecurityHeaders.Policy)]
    [InlineData("/addin/pane.html", "frame-ancestors https://localhost")]
    [InlineData("/t/o/abc.gif", null)]
    [InlineData("/tickets", SecurityHeaders.Policy)]
    public void Only_the_named_paths_leave_the_strict_policy(string path, string? policy) =>
        Assert.Equal(
            policy,
            SecurityHeaders.PolicyFor(
                path,
                [(new PathString("/t"), null), (new PathString("/addin"), "frame-ancestors https://localhost")]
            )
        );

    [Theory]
    [InlineData("Europe/Warsaw", "Europe/Warsaw")]
    [InlineData("Mars/Olympus", "UTC")]
    [InlineData(null, "UTC")]
    public void A_viewer_whose_zone_is_unknown_reads_UTC(string? zone, string used)
    {
        var claims = new List<Claim> { new(ClaimTypes.NameIdentifier, "7") };
        if (zone is not null)
            claims.Add(new Claim(Viewer.ZoneClaim, zone));

        var viewer = Viewer.Of(new ClaimsPrincipal(new ClaimsIdentity(claims, "test")));

        Assert.Equal((7, used), (viewer.Id, viewer.Zone.Id));
    }

    [Fact]
    public void Claims_without_a_sign_in_make_no_viewer() =>
        Assert.Equal(
            Viewer.Nobody,
            Viewer.Of(new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, "7")])))
        );
}
