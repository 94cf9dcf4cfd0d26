namespace Waybill.EndToEnd;

/// <summary>Waiting for what must come, with a deadline.</summary>
static class Until
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    public static async Task<T[]> NotEmptyAsync<T>(Func<Task<T[]?>> read)
    {
        T[] found = [];
        await TrueAsync(async () => (found = await read() ?? []).Length > 0);
        return found;
    }

    public static async Task TrueAsync(Func<Task<bool>> holds)
    {
        using var deadline = new CancellationTokenSource(Limit);
        while (!await holds())
            await Task.Delay(50, deadline.Token);
    }
}
