using Waybill.Server.Keys;

namespace Waybill.Server.Tests.Keys;

public sealed class RotationTests
{
    static readonly DateTime Now = new(2026, 11, 23, 12, 0, 0, DateTimeKind.Utc);

    [Theory]
    [InlineData("0", 1)]
    [InlineData("500,0", 1)]
    [InlineData("500,119", 1)]
    [InlineData("500,120", 2)]
    [InlineData("500,400,10", 2)]
    [InlineData("110,10", 1)]
    [InlineData("10,5000", 2)]
    public void The_newest_key_that_had_two_minutes_to_spread_signs(string secondsOld, int signs)
    {
        var keys = secondsOld
            .Split(',')
            .Select(
                (age, i) =>
                    new OpenKey(
                        "links",
                        i + 1,
                        Now.AddSeconds(-int.Parse(age, System.Globalization.CultureInfo.InvariantCulture)),
                        null,
                        []
                    )
            )
            .Reverse();
        Assert.Equal(signs, Rotation.Signs(keys, Now).Number);
    }

    [Theory]
    [InlineData("90", true)]
    [InlineData("89", false)]
    [InlineData("200,89", false)]
    [InlineData("200,91", true)]
    [InlineData("", true)]
    public void A_new_one_is_due_when_the_newest_is_90_days_old(string daysOld, bool due) =>
        Assert.Equal(
            due,
            Rotation.IsDue(
                daysOld
                    .Split(',', StringSplitOptions.RemoveEmptyEntries)
                    .Select(
                        (age, i) =>
                            Row(
                                Purposes.OAuthSigning,
                                i + 1,
                                int.Parse(age, System.Globalization.CultureInfo.InvariantCulture),
                                null
                            )
                    ),
                Now
            )
        );

    [Theory]
    [InlineData(Purposes.OAuthSigning, 31, true)]
    [InlineData(Purposes.OAuthEncryption, 31, true)]
    [InlineData(Purposes.OAuthSigning, 30, false)]
    [InlineData(Purposes.OAuthSigning, null, false)]
    [InlineData(Purposes.Links, 31, false)]
    [InlineData(Purposes.Addresses, 31, false)]
    [InlineData(Purposes.Cookies, 31, false)]
    public void Only_oauth_keys_go_and_only_when_their_last_token_has_ended(string purpose, int? retired, bool over) =>
        Assert.Equal(over, Rotation.IsOver(Row(purpose, 1, 500, retired), Now));

    static Key Row(string purpose, int number, int daysOld, int? retiredDaysAgo) =>
        new()
        {
            Purpose = purpose,
            Number = number,
            CreatedAt = Now.AddDays(-daysOld),
            RetiredAt = retiredDaysAgo is { } days ? Now.AddDays(-days) : null,
            Wrapped = [],
        };
}
