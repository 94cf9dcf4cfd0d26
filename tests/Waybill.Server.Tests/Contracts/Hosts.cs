namespace Waybill.Server.Tests.Contracts;

public sealed class SqliteHost : WaybillHost
{
    public SqliteHost() => OnPostgres = false;
}

public sealed class PostgresHost : WaybillHost
{
    public PostgresHost() => OnPostgres = true;
}
