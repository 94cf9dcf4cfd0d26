using Waybill.Server.Kernel;

namespace Waybill.Server.Logging;

/// <summary>
/// Somewhere received mail goes. The receiver accepts a recipient when one destination does; each destination is handed every mail
/// that names one of its recipients, at least once, so delivering must be idempotent by the spool id.
/// </summary>
public sealed record MailDestination(
    string Name,
    Func<EmailAddress, bool> Accepts,
    Func<SpooledMail, CancellationToken, Task> DeliverAsync
);
