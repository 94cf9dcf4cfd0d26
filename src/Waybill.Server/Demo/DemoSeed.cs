using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Waybill.Server.Identity;
using Waybill.Server.Kernel;
using Waybill.Server.Settings;
using Waybill.Server.Storage;

namespace Waybill.Server.Demo;

/// <summary>The demo account: Northwind's four users and its records. Runs once a database.</summary>
public static class DemoSeed
{
    public static readonly (string Address, string Name, Role Role, Seat Seat)[] People =
    [
        ("admin@northwind.test", "Ada Wren", Role.SuperAdmin, Seat.Sales),
        ("anna@northwind.test", "Anna Kowalska", Role.User, Seat.Sales),
        ("jan@northwind.test", "Jan Lis", Role.User, Seat.Sales),
        ("free@northwind.test", "Filip Wolny", Role.User, Seat.Free),
    ];

    public static async Task PlantAsync(IServiceProvider services, CancellationToken stop = default)
    {
        await using var scope = services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AppDb>();
        if (await db.Users.AnyAsync(stop))
            return;
        var options = scope.ServiceProvider.GetRequiredService<WaybillOptions>();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<User>>();
        var now = scope.ServiceProvider.GetRequiredService<TimeProvider>().GetUtcNow().UtcDateTime;

        await using var transaction = await db.Database.BeginTransactionAsync(stop);
        db.AccountSettings.Add(new AccountSettings { Name = "Northwind", OwnDomains = ["northwind.test"] });
        var word = DemoPassword.Read(options);
        foreach (var (address, name, role, seat) in People)
        {
            var user = new User
            {
                UserName = address,
                Email = address,
                EmailConfirmed = true,
                Name = name,
                Role = role,
                Seat = seat,
            };
            var made = await users.CreateAsync(user, word);
            if (!made.Succeeded)
                throw new InvalidOperationException(string.Join(" ", made.Errors.Select(e => e.Description)));
        }
        var anna = (await db.Users.FirstAsync(u => u.Email == "anna@northwind.test", stop)).Id;
        var jan = (await db.Users.FirstAsync(u => u.Email == "jan@northwind.test", stop)).Id;
        await new DemoRecords(db, now, anna, jan).PlantAsync(stop);
        await transaction.CommitAsync(stop);
    }
}
