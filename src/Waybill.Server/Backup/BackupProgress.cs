namespace Waybill.Server.Backup;

/// <summary>Says on standard error how far long work has come, every two seconds.</summary>
public sealed class BackupProgress(TextWriter to, TimeProvider time)
{
    static readonly TimeSpan Between = TimeSpan.FromSeconds(2);
    DateTimeOffset _last = time.GetUtcNow();

    public void Say(string line) => to.WriteLine(line);

    public void Files(int files, long bytes)
    {
        var now = time.GetUtcNow();
        if (now - _last < Between)
            return;
        _last = now;
        Say($"  {files} files, {Megabytes(bytes)}");
    }

    /// <summary>Waits for work that fills this file and tells how large it has grown.</summary>
    public async Task WhileAsync(Task work, string file)
    {
        while (await Task.WhenAny(work, Task.Delay(Between, time)) != work)
            if (new FileInfo(file) is { Exists: true, Length: var length })
                Say($"  {Megabytes(length)}");
        await work;
    }

    public static string Megabytes(long bytes) => $"{(bytes + 512 * 1024) / 1024 / 1024} MB";
}
