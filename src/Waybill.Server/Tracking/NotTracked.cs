using Microsoft.Extensions.Localization;

namespace Waybill.Server.Tracking;

/// <summary>Why a mail was not tracked, kept so that every reader is told in their own language: the sentence's key and what fills it.</summary>
public sealed record NotTracked(string Sentence, string? Part = null)
{
    public string Stored => Part is null ? Sentence : $"{Sentence}\n{Part}";

    public static string Tell(IStringLocalizer words, string stored)
    {
        ArgumentNullException.ThrowIfNull(words);
        ArgumentNullException.ThrowIfNull(stored);
        return stored.Split('\n', 2) is [var sentence, var part] ? words[sentence, part] : words[stored];
    }
}
