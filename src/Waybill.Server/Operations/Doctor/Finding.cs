namespace Waybill.Server.Operations.Doctor;

public enum FindingKind
{
    Ok,
    Warning,
    Problem,
}

/// <summary>One line of the doctor's report; what is not well says what to do.</summary>
public sealed record Finding(FindingKind Kind, string Subject, string Text)
{
    public static Finding Ok(string subject, string text) => new(FindingKind.Ok, subject, text);

    public static Finding Warning(string subject, string text) => new(FindingKind.Warning, subject, text);

    public static Finding Problem(string subject, string text) => new(FindingKind.Problem, subject, text);
}
