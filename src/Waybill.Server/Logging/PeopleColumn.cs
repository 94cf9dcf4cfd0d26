using System.Text.Json;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Waybill.Server.Logging;

static class PeopleColumn
{
    public static readonly ValueConverter<List<MailPerson>, string> Converter = new(
        to => JsonSerializer.Serialize(to, JsonSerializerOptions.Default),
        from => JsonSerializer.Deserialize<List<MailPerson>>(from, JsonSerializerOptions.Default)!
    );

    public static readonly ValueComparer<List<MailPerson>> Comparer = new(
        (a, b) => a!.SequenceEqual(b!),
        value => value.Aggregate(0, (hash, person) => HashCode.Combine(hash, person)),
        value => new List<MailPerson>(value)
    );
}
