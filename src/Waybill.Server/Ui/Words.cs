namespace Waybill.Server.Ui;

/// <summary>
/// Names the words on screen: <c>@T["Contacts"]</c>. The key is the English text; another language is a file <c>Words.pl.resx</c>
/// beside this one and its code in <see cref="Languages"/>. A counted word is said by <see cref="Counted.Count"/>.
/// </summary>
public sealed class Words
{
    public static readonly string[] Languages = ["en", "pl"];
}
