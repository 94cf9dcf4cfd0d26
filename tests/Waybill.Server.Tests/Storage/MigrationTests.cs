using Microsoft.EntityFrameworkCore;
using Waybill.Server.Storage;

namespace Waybill.Server.Tests.Storage;

public sealed class MigrationTests
{
    [Fact]
    public void The_migrations_make_the_model_we_use()
    {
        var options = new DbContextOptionsBuilder<SqliteDb>();
        SqliteDb.Configure(options, ":memory:");
        using var db = new SqliteDb(options.Options);

        Assert.False(
            db.Database.HasPendingModelChanges(),
            "Add a migration: dotnet ef migrations add NAME --project src/Waybill.Server --context SqliteDb -o Storage/Migrations/Sqlite"
        );
    }
}
