using System.Diagnostics;

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

    /// <summary>What should be gone by now and is not is named, so that a failure says which ones.</summary>
    public static async Task NoneAsync(Func<Task<IEnumerable<string>>> read, string what)
    {
        var waiting = Stopwatch.StartNew();
        while (true)
        {
            string[] left = [.. await read()];
            if (left.Length == 0)
                return;
            Assert.True(waiting.Elapsed < Limit, $"{left.Length} {what}: {string.Join(", ", left.Take(5))}");
            await Task.Delay(50);
        }
    }
}
