using Waybill.Server.Search;

namespace Waybill.Server.Tests.Search;

public sealed class FoldedTests
{
    [Theory]
    [InlineData("Jan Zieliński", "jan zielinski")]
    [InlineData("ŁÓDŹ", "lodz")]
    [InlineData("Großmann & Søn", "grossmann son")]
    [InlineData("O’Brien O'Neill", "obrien oneill")]
    [InlineData("lead@contoso.test", "lead contoso test")]
    [InlineData("  Order #8812 — damaged  ", "order 8812 damaged")]
    [InlineData("ﬁnance ½", "finance 1 2")]
    [InlineData("Ελλάδα 東京", "ελλαδα 東京")]
    [InlineData("\"' OR NEAR(*) -- %_\\", "or near")]
    [InlineData("half \ud83d pair", "half pair")]
    [InlineData(null, "")]
    public void Text_is_compared_without_case_marks_and_punctuation(string? text, string folded) =>
        Assert.Equal(folded, Folded.Key(text));

    [Fact]
    public void A_word_is_kept_once_and_endless_text_is_cut()
    {
        Assert.Equal("anna contoso", Folded.Words("Anna", "ANNA", "contoso", null));
        Assert.True(Folded.Words(new string('x', 1_000_000)).Length <= 64);
        Assert.True(Folded.Key(string.Join(' ', Enumerable.Range(0, 5000))).Length <= SearchEntry.LongestKey);
    }
}
