using Microsoft.EntityFrameworkCore;
using Waybill.Server.Storage;

namespace Waybill.Server.Search;

/// <summary>
/// The full-text index over <c>search_entries</c>: FTS5 with triggers on SQLite, a generated tsvector with GIN on PostgreSQL. Made by
/// code, not by a migration, since EF drops triggers when it rebuilds a SQLite table; the next start puts them back.
/// </summary>
public static class SearchIndex
{
    const string SqliteTable = """
        CREATE VIRTUAL TABLE IF NOT EXISTS search_words USING fts5(
            area, words, content='search_entries', content_rowid='id', columnsize=0, prefix='1 2 3 4',
            tokenize='unicode61 remove_diacritics 0');
        """;

    // FTS5 section 4.4.3, external content: the old words must be named to be taken out.
    const string SqliteTriggers = """
        CREATE TRIGGER IF NOT EXISTS search_entries_inserted AFTER INSERT ON search_entries BEGIN
            INSERT INTO search_words(rowid, area, words) VALUES (new.id, new.area, new.words);
        END;
        CREATE TRIGGER IF NOT EXISTS search_entries_deleted AFTER DELETE ON search_entries BEGIN
            INSERT INTO search_words(search_words, rowid, area, words) VALUES ('delete', old.id, old.area, old.words);
        END;
        CREATE TRIGGER IF NOT EXISTS search_entries_updated AFTER UPDATE ON search_entries BEGIN
            INSERT INTO search_words(search_words, rowid, area, words) VALUES ('delete', old.id, old.area, old.words);
            INSERT INTO search_words(rowid, area, words) VALUES (new.id, new.area, new.words);
        END;
        """;

    const string SqliteParts =
        "SELECT count(*) AS Value FROM sqlite_master WHERE name IN ('search_words', "
        + "'search_entries_inserted', 'search_entries_deleted', 'search_entries_updated')";

    // '@' is in no word, so an area can't be mistaken for one. Lexemes are ours as they are: no parser or dictionary changes them.
    const string Postgres = """
        ALTER TABLE search_entries ADD COLUMN IF NOT EXISTS lexemes tsvector
            GENERATED ALWAYS AS (array_to_tsvector(string_to_array(rtrim('@' || area || ' ' || words), ' '))) STORED;
        CREATE INDEX IF NOT EXISTS ix_search_entries_lexemes ON search_entries USING gin (lexemes) WITH (fastupdate = off);
        """;

    public static async Task CreateAsync(AppDb db, CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(db);
        if (!db.Database.IsSqlite())
        {
            await db.Database.ExecuteSqlRawAsync(Postgres, stop);
            return;
        }
        if (await db.Database.SqlQueryRaw<int>(SqliteParts).SingleAsync(stop) == 4)
            return;
        await using var all = await db.Database.BeginTransactionAsync(stop);
        await db.Database.ExecuteSqlRawAsync(SqliteTable + SqliteTriggers, stop);
        await db.Database.ExecuteSqlRawAsync("INSERT INTO search_words(search_words) VALUES ('rebuild')", stop);
        await all.CommitAsync(stop);
    }
}
