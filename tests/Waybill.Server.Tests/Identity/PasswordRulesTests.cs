using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Waybill.Server.Demo;
using Waybill.Server.Identity;

namespace Waybill.Server.Tests.Identity;

public sealed class PasswordRulesTests
{
    [Theory]
    [InlineData("heron-cedar-1234", PasswordVerdict.Good)]
    [InlineData("correct horse battery staple", PasswordVerdict.Good)]
    [InlineData("zażółć gęślą jaźń", PasswordVerdict.Good)]
    [InlineData("nothingbutsmallletters", PasswordVerdict.Good)]
    [InlineData("vK9#mQ2$xT7", PasswordVerdict.TooShort)]
    [InlineData("vK9#mQ2$xT7!", PasswordVerdict.Good)]
    [InlineData("counterstrike", PasswordVerdict.TooCommon)]
    [InlineData("Password12345", PasswordVerdict.TooCommon)]
    [InlineData("p4$$w0rd!!!!!", PasswordVerdict.TooCommon)]
    [InlineData("dragondragon", PasswordVerdict.TooCommon)]
    [InlineData("!!2026-Dragon-2026!!", PasswordVerdict.TooCommon)]
    [InlineData("aaaaaaaaaaaaaaaa", PasswordVerdict.TooRegular)]
    [InlineData("abababababab", PasswordVerdict.TooRegular)]
    [InlineData("abcdefghijklmnop", PasswordVerdict.TooRegular)]
    [InlineData("poiuytrewqlkjhgf", PasswordVerdict.TooRegular)]
    [InlineData("98765432109876", PasswordVerdict.TooRegular)]
    [InlineData("my-kowalska-word", PasswordVerdict.NamesTheUser)]
    [InlineData("a.wren.at.NORTHWIND", PasswordVerdict.NamesTheUser)]
    [InlineData("I like Waybill a lot", PasswordVerdict.NamesTheUser)]
    public void A_password_is_long_and_not_easily_guessed_and_may_consist_of_anything(
        string password,
        PasswordVerdict verdict
    ) => Assert.Equal(verdict, PasswordRules.Judge(password, "Anna Kowalska", "anna.k@northwind.example"));

    [Fact]
    public void A_long_passphrase_is_welcome_and_a_novel_is_not()
    {
        var phrase = string.Join(' ', Enumerable.Range(1000, 51));
        Assert.Equal(PasswordVerdict.Good, PasswordRules.Judge(phrase, "", ""));
        Assert.Equal(PasswordVerdict.TooLong, PasswordRules.Judge(phrase + phrase, "", ""));
    }

    [Fact]
    public void Every_refusal_says_what_to_do() =>
        Assert.All(
            Enum.GetValues<PasswordVerdict>().Where(v => v != PasswordVerdict.Good),
            v => Assert.NotEmpty(PasswordRules.Words(v))
        );
}

public sealed class PasswordOfDemoTests(WaybillHost waybill) : IClassFixture<WaybillHost>
{
    [Fact]
    public async Task The_demo_word_is_a_password_that_every_demo_user_may_have()
    {
        await using var scope = waybill.Services.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<User>>();
        foreach (var (address, name, _, _) in DemoSeed.People)
        {
            var user = new User
            {
                UserName = address,
                Email = address,
                Name = name,
            };
            Assert.True((await users.CreateAsync(user, DemoPassword.Read(waybill.Options))).Succeeded);
        }
    }

    [Fact]
    public async Task Whoever_sets_a_password_the_rules_hold()
    {
        await using var scope = waybill.Services.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<User>>();
        var user = new User
        {
            UserName = "new@northwind.test",
            Email = "new@northwind.test",
            Name = "New",
        };
        var refused = await users.CreateAsync(user, "Password12345");

        Assert.Equal([nameof(PasswordVerdict.TooCommon)], refused.Errors.Select(e => e.Code));
    }
}
