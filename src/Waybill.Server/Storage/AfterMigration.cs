namespace Waybill.Server.Storage;

/// <summary>What a feature makes in the database beyond the model, such as a full-text index. Must do nothing when it is there.</summary>
public sealed record AfterMigration(Func<AppDb, CancellationToken, Task> RunAsync);
