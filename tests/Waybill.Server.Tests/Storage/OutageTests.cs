using Npgsql;
using Waybill.Server.Storage;

namespace Waybill.Server.Tests.Storage;

public sealed class OutageTests
{
    [Theory]
    [InlineData("57P01", true)] // shut down by an admin
    [InlineData("57P03", true)] // still starting
    [InlineData("53300", true)] // too many connections
    [InlineData("53100", true)] // disk full
    [InlineData("08006", true)] // connection failure
    [InlineData("25006", true)] // a standby
    [InlineData("28P01", true)] // the password was changed
    [InlineData("40P01", true)] // deadlock
    [InlineData("42P01", true)] // no such table yet
    [InlineData("55000", true)] // takes no connections
    [InlineData("23505", false)] // not unique
    [InlineData("22021", false)] // not a character
    [InlineData("42601", false)] // syntax
    [InlineData("22001", false)] // too long
    public void What_passes_by_itself_is_an_outage_and_wrong_data_is_not(string state, bool outage)
    {
        var said = new PostgresException("said", "ERROR", "ERROR", state);

        Assert.Equal(outage, Outage.IsOutage(said));
        Assert.Equal(outage, Outage.IsOutage(new InvalidOperationException("wrapped", said)));
    }
}
