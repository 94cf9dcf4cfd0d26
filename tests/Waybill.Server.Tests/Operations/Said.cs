using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Waybill.Server.Tests.Operations;

/// <summary>Everything the host says, with what its structured lines carry.</summary>
sealed class Said : ILoggerProvider
{
    readonly ConcurrentQueue<string> _lines = [];

    public IReadOnlyCollection<string> Lines => _lines;

    public ILogger CreateLogger(string categoryName) => new Voice(categoryName, _lines);

    public void Dispose() { }

    sealed class Voice(string category, ConcurrentQueue<string> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            var carried = state is IEnumerable<KeyValuePair<string, object?>> pairs
                ? string.Join(' ', pairs.Select(p => p.Value))
                : "";
            lines.Enqueue($"{logLevel} {category}: {formatter(state, exception)} {carried} {exception}");
        }
    }
}
