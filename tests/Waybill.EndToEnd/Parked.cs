using System.Text.Json;
using Waybill.Server.Logging;
using Waybill.Server.Spool;

namespace Waybill.EndToEnd;

/// <summary>Mail that was set aside before the server starts, as the spool keeps it.</summary>
static class Parked
{
    public static void Put(string data)
    {
        var at = new DateTime(2026, 10, 12, 7, 31, 0, DateTimeKind.Utc);
        var envelope = new MailEnvelope(
            "anna@northwind.test",
            [
                "1000001@bcc.waybill.test",
                "a.very.long.recipient.address.of.a.department@subsidiary.adventure-works.test",
            ],
            at,
            "mail.northwind.test"
        );
        var item = new ParkedItem(
            1,
            1,
            at,
            5,
            at,
            at.AddMinutes(1),
            "FormatException: The header Content-Type of part 3 names a character set nobody knows: x-unknown-8bit-with-a-long-name",
            11,
            null
        );
        var folder = Directory.CreateDirectory(Path.Combine(data, "spool", ReceiveMail.Lane, "parked")).FullName;
        File.WriteAllText(
            Path.Combine(folder, $"{item.Id:D19}.json"),
            JsonSerializer.Serialize(
                new
                {
                    Item = item,
                    Head = envelope.ToBytes(),
                    Body = "Subject: x\n"u8.ToArray(),
                }
            )
        );
    }
}
