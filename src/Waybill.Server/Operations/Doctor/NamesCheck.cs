using System.Net;
using DnsClient;
using Waybill.Server.Kernel;

namespace Waybill.Server.Operations.Doctor;

/// <summary>DNS: the public names have addresses, and mail to the logging addresses finds a way here.</summary>
static class NamesCheck
{
    const string Subject = "names";
    static readonly string[] NotInDns = [".localhost", ".test", ".local", ".invalid", ".example"];

    public static Task<Finding[]> LookAsync(WaybillOptions options, CancellationToken stop) =>
        LookAsync(options, resolver: null, stop);

    /// <param name="options">Which names.</param>
    /// <param name="resolver">Null: the one this machine is set to.</param>
    /// <param name="stop">Ends the look.</param>
    internal static async Task<Finding[]> LookAsync(
        WaybillOptions options,
        IPEndPoint? resolver,
        CancellationToken stop
    )
    {
        var settings = resolver is null ? new LookupClientOptions() : new LookupClientOptions(resolver);
        settings.Timeout = TimeSpan.FromSeconds(3);
        settings.Retries = 1;
        settings.UseCache = true;
        var dns = new LookupClient(settings);
        var web = new[] { options.Url, options.TrackingUrl }.Select(url => new Uri(url).IdnHost).Distinct();
        var findings = new List<Finding>();
        foreach (var name in web.Where(IsPublic))
            findings.Add(await WebNameAsync(dns, name, stop));
        if (IsPublic(options.MailHost))
            foreach (var name in new[] { $"bcc.{options.MailHost}", $"forward.{options.MailHost}" })
                findings.AddRange(await MailNameAsync(dns, name, stop));
        return findings.Count > 0
            ? [.. findings]
            : [Finding.Ok(Subject, "all names are of this machine; no DNS is needed")];
    }

    /// <summary>Names that no DNS knows by design (RFC 6761, 6762) and plain addresses.</summary>
    static bool IsPublic(string name) =>
        name.Contains('.', StringComparison.Ordinal)
        && !IPAddress.TryParse(name.Trim('[', ']'), out _)
        && !NotInDns.Any(end => name.EndsWith(end, StringComparison.OrdinalIgnoreCase));

    static async Task<Finding> WebNameAsync(LookupClient dns, string name, CancellationToken stop)
    {
        var addresses = await AddressesAsync(dns, name, stop);
        return addresses.Length > 0
            ? Finding.Ok(Subject, $"{name} is {string.Join(", ", addresses.AsEnumerable())}")
            : Finding.Problem(Subject, $"{name} has no address. Add an A or AAAA entry for it.");
    }

    static async Task<Finding[]> MailNameAsync(LookupClient dns, string name, CancellationToken stop)
    {
        var exchanges = (await dns.QueryAsync(name, QueryType.MX, cancellationToken: stop))
            .Answers.MxRecords()
            .OrderBy(mx => mx.Preference)
            .Select(mx => mx.Exchange.Value.TrimEnd('.'))
            .ToArray();
        if (exchanges.Length == 0)
            return
            [
                (await AddressesAsync(dns, name, stop)).Length > 0
                    ? Finding.Warning(
                        Subject,
                        $"{name} has an address and no MX entry. Most senders manage; add an MX entry to be sure."
                    )
                    : Finding.Problem(
                        Subject,
                        $"{name} has no MX entry, so copies to the logging address find no way. Add one that names the mail relay."
                    ),
            ];
        var findings = new List<Finding>();
        foreach (var exchange in exchanges)
        {
            var addresses = await AddressesAsync(dns, exchange, stop);
            findings.Add(
                addresses.Length > 0
                    ? Finding.Ok(Subject, $"mail to {name} goes to {exchange}")
                    : Finding.Problem(
                        Subject,
                        $"mail to {name} should go to {exchange}, which has no address. Add an A or AAAA entry for it."
                    )
            );
            foreach (var address in addresses)
                if (await ReverseAsync(dns, address, exchange, stop) is { } reverse)
                    findings.Add(reverse);
        }
        return [.. findings];
    }

    /// <summary>Receivers distrust a mail host whose address does not lead back to its name. Only ours to mend if it is our host.</summary>
    static async Task<Finding?> ReverseAsync(LookupClient dns, IPAddress address, string name, CancellationToken stop)
    {
        var names = (await dns.QueryReverseAsync(address, stop))
            .Answers.PtrRecords()
            .Select(p => p.PtrDomainName.Value.TrimEnd('.'));
        return names.Contains(name, StringComparer.OrdinalIgnoreCase)
            ? null
            : Finding.Warning(
                Subject,
                $"{address} does not lead back to {name}. If mail also leaves from there, ask its provider to set the reverse name."
            );
    }

    static async Task<IPAddress[]> AddressesAsync(LookupClient dns, string name, CancellationToken stop)
    {
        var four = await dns.QueryAsync(name, QueryType.A, cancellationToken: stop);
        var six = await dns.QueryAsync(name, QueryType.AAAA, cancellationToken: stop);
        return [.. four.Answers.AddressRecords().Concat(six.Answers.AddressRecords()).Select(a => a.Address)];
    }
}
