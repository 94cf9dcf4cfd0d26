using System.Globalization;
using Microsoft.Extensions.Localization;

namespace Waybill.Server.Crm;

/// <summary>The one line that tells records of the same name apart.</summary>
public static class RelatedLine
{
    public static string Of(Record record, IStringLocalizer words)
    {
        string[] parts = record.Type switch
        {
            RecordTypes.Contact => [record["jobtitle"] ?? record["email"] ?? ""],
            RecordTypes.Company => [record.Domain ?? ""],
            RecordTypes.Deal =>
            [
                words[PropertyCatalog.Label(record.Type, "dealstage", record["dealstage"])],
                record.Closed || Dates.Read(record["closedate"]) is not { } day
                    ? Dates.Show(record["closedate"])
                    : words["closes {0}", day.ToString("d MMM", CultureInfo.CurrentCulture)],
            ],
            RecordTypes.Ticket =>
            [
                words[PropertyCatalog.Label(record.Type, "hs_pipeline_stage", record["hs_pipeline_stage"])],
            ],
            _ => [],
        };
        return string.Join(" · ", parts.Where(p => p.Length > 0));
    }
}
