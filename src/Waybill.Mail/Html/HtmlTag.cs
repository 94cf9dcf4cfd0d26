namespace Waybill.Mail;

/// <summary>What stands at one place of an HTML text.</summary>
enum HtmlTokenKind
{
    Text,
    StartTag,
    EndTag,

    /// <summary>A comment (conditional ones too), a doctype, a processing instruction or a CDATA section.</summary>
    Comment,

    /// <summary>The content of script, style, title, textarea and their like.</summary>
    RawText,
}

/// <summary>Where an attribute stands. Quote is '"', '\'' or '\0' for none; ValueStart is -1 without a value.</summary>
readonly record struct HtmlAttribute(int NameStart, int NameLength, int ValueStart, int ValueLength, char Quote);
