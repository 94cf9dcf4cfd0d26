using Waybill.Server.Crm;
using Waybill.Server.Logging;
using Waybill.Server.Tracking;

namespace Waybill.Server.Search;

/// <summary>By which words a thing is found.</summary>
static class Describe
{
    public static SearchEntry Of(Record record, IEnumerable<string> addresses) =>
        new()
        {
            Area = record.Type,
            Record = record.Id == 0 ? record : null,
            RecordId = record.Id == 0 ? null : record.Id,
            Key = Folded.Key(record.Name),
            Words = Folded.Words([record.Name, record["email"], record.Domain, .. addresses]),
        };

    public static SearchEntry Of(LoggedEmail mail) =>
        new()
        {
            Area = SearchAreas.Mail,
            RecordId = mail.RecordId,
            Key = Folded.Key(mail.Subject),
            Words = Folded.Words([
                mail.Subject,
                .. new[] { mail.From }.Concat(mail.To).Concat(mail.Cc).SelectMany(p => new[] { p.Name, p.Address }),
            ]),
        };

    public static SearchEntry Of(TrackedEmail mail) =>
        new()
        {
            Area = SearchAreas.SentBy(mail.UserId),
            TrackedEmail = mail.Id == 0 ? mail : null,
            TrackedEmailId = mail.Id == 0 ? null : mail.Id,
            Key = Folded.Key(mail.Subject),
            Words = Folded.Words([mail.Subject, .. mail.Recipients.SelectMany(r => new[] { r.Name, r.Address })]),
        };
}
