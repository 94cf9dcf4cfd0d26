namespace Waybill.Server.Ui;

public enum ButtonKind
{
    Plain,

    /// <summary>At most one a page.</summary>
    Primary,

    /// <summary>No edge until hovered: tools.</summary>
    Subtle,

    /// <summary>Looks like a link, does something here.</summary>
    Text,
}
