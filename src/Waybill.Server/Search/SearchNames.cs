using Waybill.Server.Crm;
using Waybill.Server.Ui;

namespace Waybill.Server.Search;

/// <summary>How groups of results are called; keys of the words file.</summary>
static class SearchNames
{
    public static string Of(string area) => area == SearchAreas.Mail ? "Mail" : RecordPaths.OfType(area).Words.Many;

    public static IconShape Shape(string area) =>
        area == SearchAreas.Mail ? Icons.Mail20 : RecordPaths.OfType(area).Icon;
}
