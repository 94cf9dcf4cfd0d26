namespace Waybill.Server.Ui;

/// <summary>Shape says what happened, colour says how sure: green a person, grey everything else.</summary>
public enum HowSure
{
    Person,
    CannotTell,
    Automatic,
}
