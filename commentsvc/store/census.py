"""Comments counted in any way, however many: a table on disk that vanishes with its owner."""

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass
from types import TracebackType
from typing import Self

_TABLES = """
CREATE TABLE comments(id BLOB PRIMARY KEY, home TEXT, thread TEXT, author TEXT, status TEXT, parent TEXT, lane TEXT,
    edited TEXT)
    WITHOUT ROWID;
CREATE TABLE cases(id TEXT PRIMARY KEY, home TEXT) WITHOUT ROWID;
CREATE TABLE decisions(id TEXT PRIMARY KEY, home TEXT) WITHOUT ROWID;
CREATE TABLE threads(key TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE authors(site TEXT, author TEXT, partition INTEGER, erased INTEGER, ttl_ms INTEGER, until TEXT,
    PRIMARY KEY (site, author, partition)) WITHOUT ROWID;
CREATE TABLE numbers(key TEXT, field TEXT, found INTEGER DEFAULT 0, counted INTEGER DEFAULT 0,
    PRIMARY KEY (key, field)) WITHOUT ROWID;
"""

_ADD = "INSERT OR REPLACE INTO comments VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_FOUND = """
INSERT INTO numbers(key, field, found) VALUES (?, ?, ?)
ON CONFLICT DO UPDATE SET found = excluded.found
"""
_COUNTED = """
INSERT INTO numbers(key, field, counted) SELECT {key} AS of_key, {field} AS of_field, count(*) FROM {of}
GROUP BY of_key, of_field ON CONFLICT DO UPDATE SET counted = excluded.counted
"""

_PUBLIC = "comments WHERE status = 'approved'"
_WAITING = "comments WHERE status = 'pending'"
_QUEUED = """
(SELECT home, status AS place FROM comments
 UNION ALL SELECT home, 'pending' FROM comments WHERE edited != '') WHERE true
"""
_IN_LANES = """
(SELECT home, lane AS place FROM comments WHERE status = 'pending'
 UNION ALL SELECT home, edited FROM comments WHERE edited != '') WHERE true
"""
_COUNTS = (
    ("home || 's:' || place", "'members'", _QUEUED),
    ("home || 'l:' || place", "'members'", _IN_LANES),
    ("home || 'l:notices'", "'members'", "cases WHERE true"),
    ("home || 't:' || thread", "status", "comments WHERE true"),
    ("home || 't:' || thread || ':waiting'", "'members'", _WAITING),
    ("home || 't:' || thread || ':approved'", "'members'", _PUBLIC),
    ("home || 't:' || thread || ':order'", "'members'", _PUBLIC),
    ("home || 'c:' || parent", "'replies'", _PUBLIC + " AND parent != ''"),
    ("home || 'a:' || author", "status", "comments WHERE (home || 'a:' || author) IN (SELECT key FROM numbers)"),
    ("home || 'log'", "'members'", "decisions WHERE true"),
    ("home || 'index'", "'comments'", "comments WHERE status != 'erased'"),
)
"""What is counted: key, field and of what."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A comment as it is counted. `home` is its partition's tag, `author` and `parent` are '' where there is none.

    `edited` is the lane in which an edit of it waits, '' where none does.
    """

    id: str
    home: str
    thread: str
    author: str
    status: str
    parent: str
    lane: str
    edited: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    """How many comments of one status an author has in one partition; `ttl_ms` is what is left of the record, or 0."""

    author: str
    home: str
    status: str
    count: int
    ttl_ms: int


class Census:
    """A private database of SQLite that spills to the directory for temporary files when it grows."""

    def __init__(self) -> None:
        self._base = sqlite3.connect("", isolation_level=None)
        self._base.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + _TABLES)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._base.close()

    def add(self, rows: Iterable[Row]) -> None:
        """Adds comments; one that comes again is the same one."""
        self._many(_ADD, (astuple(row) for row in rows))

    def add_decisions(self, rows: Iterable[tuple[str, str]]) -> None:
        """Adds decisions: id and partition's tag."""
        self._many("INSERT OR REPLACE INTO decisions VALUES (?, ?)", rows)

    def add_cases(self, rows: Iterable[tuple[str, str]]) -> None:
        """Adds what is in the lane of notices: a comment's id and partition's tag."""
        self._many("INSERT OR REPLACE INTO cases VALUES (?, ?)", rows)

    def add_threads(self, keys: Iterable[str]) -> None:
        """Adds threads by key."""
        self._many("INSERT OR REPLACE INTO threads VALUES (?)", ((key,) for key in keys))

    def add_author(self, site: str, author: str, number: int, *, erased: int, ttl_ms: int, until: str) -> None:
        """Adds an author's record of one partition."""
        self._base.execute(
            "INSERT OR REPLACE INTO authors VALUES (?, ?, ?, ?, ?, ?)", (site, author, number, erased, ttl_ms, until)
        )

    def found(self, numbers: Iterable[tuple[str, str, int]]) -> None:
        """Adds what is written under fields of keys."""
        self._many(_FOUND, numbers)

    def shares(self, site: str, first_home: str) -> Iterator[Share]:
        """The comments of each author that has a record, by partition and status, one author after the other.

        An erased comment names no author any more: their number is kept, in the first partition.
        """
        self._base.execute("CREATE INDEX IF NOT EXISTS by_author ON comments(author)")
        rows = self._base.execute(
            """
            WITH kept AS (SELECT author, sum(erased) AS erased, max(ttl_ms) AS ttl_ms FROM authors WHERE site = ?1
                          GROUP BY author)
            SELECT author, home, status, count(*), ttl_ms FROM kept JOIN comments USING (author)
                WHERE home LIKE '{' || ?1 || '.%' GROUP BY author, home, status
            UNION ALL SELECT author, ?2, 'erased', erased, ttl_ms FROM kept WHERE erased > 0 ORDER BY 1, 2
            """,
            (site, first_home),
        )
        for author, home, status, count, ttl_ms in rows:
            yield Share(author=author, home=home, status=status, count=count, ttl_ms=ttl_ms)

    def restricted(self, site: str) -> Iterator[tuple[str, str, int]]:
        """Each author that is restricted, until when, and what is left of the record."""
        yield from self._base.execute(
            "SELECT author, max(until), max(ttl_ms) FROM authors WHERE site = ? AND until != '' GROUP BY author",
            (site,),
        )

    def chain(self, site: str) -> Iterator[tuple[str, str, str, str]]:
        """Home, author, comment and the same author's comment before it there, or '': the older one first.

        An erased comment has no author, and is left out.
        """
        yield from self._base.execute(
            """
            SELECT home, author, id, lag(id, 1, '') OVER (PARTITION BY author, home ORDER BY id) FROM comments
                WHERE home LIKE '{' || ?1 || '.%' AND author IN (SELECT author FROM authors WHERE site = ?1)
                ORDER BY author, home, id
            """,
            (site,),
        )

    def count(self) -> None:
        """Counts what each index and counter should say."""
        for key, field, of in _COUNTS:
            self._base.execute(_COUNTED.format(key=key, field=field, of=of))

    def decisions(self) -> int:
        """How many decisions there are."""
        return int(self._base.execute("SELECT count(*) FROM decisions").fetchone()[0])

    def threads(self) -> int:
        """How many threads there are."""
        return int(self._base.execute("SELECT count(*) FROM threads").fetchone()[0])

    def wrong(self) -> Iterator[tuple[str, str, int, int]]:
        """Key, field, what is written there and what it should be, where the two differ."""
        yield from self._base.execute(
            "SELECT key, field, found, counted FROM numbers WHERE found != counted ORDER BY 1, 2"
        )

    def sizes(self) -> dict[str, int]:
        """How many comments have each status."""
        return dict(self._base.execute("SELECT status, count(*) FROM comments GROUP BY status"))

    def _many(self, statement: str, rows: Iterable[tuple[object, ...]]) -> None:
        self._base.execute("BEGIN")
        self._base.executemany(statement, rows)
        self._base.execute("COMMIT")
