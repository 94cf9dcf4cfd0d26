using Microsoft.EntityFrameworkCore;
using Waybill.Server.Storage;

namespace Waybill.Server.Search;

/// <summary>An entry that may be what is looked for.</summary>
public sealed record SearchCandidate(long Id, long? RecordId, long? TrackedEmailId, string Key, string Words);

/// <summary>The two ways into the index, each in the words of both databases. Each is bounded, however common what is asked for.</summary>
static class SearchSql
{
    const string Columns = "e.id, e.record_id, e.tracked_email_id, e.key, e.words";

    // A scalar question is asked for each proposal; an EXISTS beside OR makes PostgreSQL read all records first (144 ms, not 2).
    const string There = "COALESCE((SELECT NOT r.archived FROM records r WHERE r.id = e.record_id), true)";

    // Text is compared by its bytes on both databases (PostgresDb: COLLATE "C"), so a beginning is a range of the index.
    const string Beginning =
        $"SELECT {Columns} FROM search_entries e WHERE e.area = {{0}} AND e.key >= {{1}} AND e.key < {{2}} AND {There} "
        + "ORDER BY e.key LIMIT {3}";

    // The order of rowid is FTS5's own, so that it stops after the newest; CROSS JOIN keeps SQLite from turning the loops around.
    const string SqliteContaining =
        $"SELECT {Columns} FROM search_words w CROSS JOIN search_entries e ON e.id = w.rowid "
        + $"WHERE w.search_words MATCH {{0}} AND {There} ORDER BY w.rowid DESC LIMIT {{1}}";

    const string PostgresContaining =
        $"WITH e AS MATERIALIZED (SELECT * FROM search_entries WHERE lexemes @@ CAST({{0}} AS tsquery) LIMIT 2000) "
        + $"SELECT {Columns} FROM e WHERE {There} ORDER BY e.id DESC LIMIT {{1}}";

    /// <summary>Whose name or subject begins with the key.</summary>
    public static Task<List<SearchCandidate>> BeginningAsync(
        AppDb db,
        string area,
        string key,
        int most,
        CancellationToken stop
    ) => db.Database.SqlQueryRaw<SearchCandidate>(Beginning, area, key, key + "\U0010FFFF", most).ToListAsync(stop);

    /// <summary>Where each word begins one of the entry's words; newest first. Folded words hold letters and digits only: nothing to escape.</summary>
    public static Task<List<SearchCandidate>> ContainingAsync(
        AppDb db,
        string area,
        string[] words,
        int most,
        CancellationToken stop
    ) =>
        db.Database.IsSqlite()
            ? db
                .Database.SqlQueryRaw<SearchCandidate>(
                    SqliteContaining,
                    $"area : \"{area}\" AND words : ({string.Join(" AND ", words.Select(w => $"\"{w}\"*"))})",
                    most
                )
                .ToListAsync(stop)
            : db
                .Database.SqlQueryRaw<SearchCandidate>(
                    PostgresContaining,
                    $"'@{area}' & {string.Join(" & ", words.Select(w => $"'{w}':*"))}",
                    most
                )
                .ToListAsync(stop);
}
