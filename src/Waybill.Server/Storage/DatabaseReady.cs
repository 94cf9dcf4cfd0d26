namespace Waybill.Server.Storage;

/// <summary>What must be in the database before anything is drained into it or shown from it. Called again when it fails; runs in the order of registration.</summary>
public sealed record BeforeReady(Func<IServiceProvider, CancellationToken, Task> DoAsync);

/// <summary>
/// Whether the database has been brought to the present schema since the start. Until then hits and mail are taken into the spool,
/// nothing is drained, and pages say why.
/// </summary>
public sealed class DatabaseReady
{
    readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly List<BeforeReady> _more = [];

    public bool Yes => _ready.Task.IsCompletedSuccessfully;

    /// <summary>Why it is not ready yet, for whoever runs Waybill; null while nothing has failed.</summary>
    public string? Trouble { get; internal set; }

    internal IReadOnlyList<BeforeReady> More => _more;

    /// <summary>Before the host starts.</summary>
    public void Add(BeforeReady step) => _more.Add(step);

    /// <exception cref="Kernel.ConfigurationMistake">It will never be ready.</exception>
    public Task WaitAsync(CancellationToken stop) => _ready.Task.WaitAsync(stop);

    /// <summary>For work beside the server: waits also when it will never be ready, since whoever started the server ends it then.</summary>
    public async Task OnceAsync(CancellationToken stop)
    {
        try
        {
            await WaitAsync(stop);
        }
        catch (Kernel.ConfigurationMistake)
        {
            await Task.Delay(Timeout.Infinite, stop);
        }
    }

    internal void Set() => _ready.TrySetResult();

    internal void GiveUp(Kernel.ConfigurationMistake mistake) => _ready.TrySetException(mistake);
}
