using System.Text;
using Waybill.Server.Spool;

namespace Waybill.Server.Tests.Spool;

/// <summary>A lane in a temporary folder that can be closed and opened again, or left as a crash leaves it.</summary>
public abstract class LaneFolder : IDisposable
{
    protected string Folder { get; } = Directory.CreateTempSubdirectory("waybill-spool-").FullName;
    protected static CancellationToken Soon => new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token;

    protected SpoolOptions Options() =>
        new()
        {
            Folder = Path.Combine(Folder, "lane"),
            SegmentBytes = 64 << 10,
            HeadBytes = 8 << 10,
            InlineBodyBytes = 4 << 10,
            FirstBackoff = TimeSpan.FromMilliseconds(1),
            LongestBackoff = TimeSpan.FromMilliseconds(5),
            RetryDiskAfter = TimeSpan.Zero,
        };

    protected string In(params string[] path) => Path.Combine([Options().Folder, .. path]);

    protected SpoolLane Open(Action<SpoolOptions>? change = null, TimeProvider? time = null)
    {
        var options = Options();
        change?.Invoke(options);
        return new("test", options, time);
    }

    protected static ValueTask<long> Append(SpoolLane lane, string text) =>
        lane.AppendAsync(Encoding.UTF8.GetBytes(text));

    protected static string Text(SpoolItem item) => Encoding.UTF8.GetString(item.Head.Span);

    internal static List<SpoolItem> ReadAll(SpoolLane lane)
    {
        var all = new List<SpoolItem>();
        while (lane.Read() is { Count: > 0 } some)
            all.AddRange(some);
        return all;
    }

    protected static byte[] Body(SpoolItem item)
    {
        using var body = item.OpenBody();
        var bytes = new MemoryStream();
        body.CopyTo(bytes);
        return bytes.ToArray();
    }

    public void Dispose()
    {
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }
}
