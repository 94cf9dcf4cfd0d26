using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;

namespace Waybill.Server.Ui;

/// <summary>A translated sentence whose parts are markup: <c>{0} opened {1}</c>. Each language puts the parts where it needs them.</summary>
public sealed partial class Phrase : ComponentBase
{
    [Parameter, EditorRequired]
    public required string Of { get; set; }

    [Parameter, EditorRequired]
    public required RenderFragment[] Parts { get; set; }

    /// <summary>The class of the words between the parts.</summary>
    [Parameter]
    public string? Between { get; set; }

    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var pieces = Slot().Split(Of); // words, number, words, number, words
        for (var i = 0; i < pieces.Length; i++)
            if (i % 2 == 1)
                builder.AddContent(0, Parts[pieces[i][0] - '0']);
            else if (Between is null || string.IsNullOrWhiteSpace(pieces[i]))
                builder.AddContent(1, pieces[i]);
            else
            {
                builder.OpenElement(2, "span");
                builder.AddAttribute(3, "class", Between);
                builder.AddContent(4, pieces[i]);
                builder.CloseElement();
            }
    }

    [GeneratedRegex(@"\{([0-9])\}")]
    private static partial Regex Slot();
}
