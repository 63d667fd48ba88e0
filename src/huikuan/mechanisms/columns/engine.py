"""Engines that answer SQL over mirrored tables.

Questions are standard SQL over `engine.source(table)`, with %(name)s parameters; an engine of another kind (a
distributed one) is one more class with these methods.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Protocol

import duckdb
import pyarrow as pa
from django.db import connection
from pyarrow import compute

from huikuan.mechanisms.columns import duck
from huikuan.mechanisms.columns.answers import Answers
from huikuan.mechanisms.columns.extraction import read
from huikuan.mechanisms.columns.manifest import Manifest, folder
from huikuan.mechanisms.columns.tables import ALWAYS_KNOWN, Table, Until, registered
from huikuan.mechanisms.columns.values import lists
from huikuan.mechanisms.store.transactions import is_postgres

_PARAMETER = re.compile(r"%\((\w+)\)s")
_WORD = re.compile(r"\w+")
#: What this process has answered.
ANSWERS = Answers()
#: About what one value of a row takes in memory.
_CELL_BYTES = 60
#: More keys than this with something new are not told apart: everything is asked of mirror and tail together.
_MANY_KEYS = 4_000


class Source(Protocol):
    """Some of the facts, to write a question over."""

    def source(self, table: Table, *, as_of: date, known: int) -> str:
        """A relation, in parentheses, holding at least the rows of `table` that count as of the day and as
        known below the horizon `known`. Left out are only rows that cancel each other out then."""
        ...

    def has(self, table: Table) -> bool:
        """Whether there may be any row; a question that need not join an empty table is planned sooner."""
        ...


class Engine(Source, Protocol):
    """Where a question is answered; as a source, all facts of one snapshot."""

    horizon: int
    tail_rows: int

    def rows(self, sql: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """The rows of a query; dates come as dates."""
        ...

    def columns(self, sql: str, parameters: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
        """The same by columns, for many rows; sums are cast to BIGINT."""
        ...


@dataclass(frozen=True, slots=True)
class Parts:
    """All that is mirrored; and of the keys with something new, which the relation named `touched` lists: what was
    mirrored of them (`before`), and everything (`now`). `new` False: there is no such key."""

    mirror: Source
    before: Source
    now: Source
    touched: str
    new: bool


class DatabaseEngine:
    """The database itself, from its raw facts."""

    horizon = 0
    tail_rows = 0

    def source(self, table: Table, *, as_of: date, known: int) -> str:  # noqa: ARG002 - nothing is marked here
        return f"({table.sql})"

    def has(self, table: Table) -> bool:  # noqa: ARG002 - not counted beforehand
        return True

    def rows(self, sql: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(sql, self._bound(parameters))
            return list(cursor.fetchall())

    def columns(self, sql: str, parameters: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
        with connection.cursor() as cursor:
            cursor.execute(sql, self._bound(parameters))
            width = len(cursor.description)
            return list(zip(*cursor.fetchall(), strict=True)) or [()] * width

    @staticmethod
    def _bound(parameters: Mapping[str, Any]) -> dict[str, Any]:
        plain = {
            name: value.isoformat() if isinstance(value, date) and not is_postgres() else value
            for name, value in parameters.items()
        }
        return {**plain, "low": 0, "high": ALWAYS_KNOWN}


@dataclass(frozen=True, slots=True)
class _Relation:
    """A name questions may use: `digest` says which rows it stands for, `make` registers it on a cursor."""

    digest: str
    make: Callable[[], object]


class ColumnsEngine:
    """DuckDB over the mirror's files and the tail read from the database.

    Answers are kept by what their question reads: the mirror's files stand in its text, and the rows of every
    relation it names have a digest.
    """

    def __init__(self, manifest: Manifest, tails: Mapping[str, pa.Table]) -> None:
        self.horizon = manifest.horizon
        self.tail_rows = sum(tail.num_rows for tail in tails.values())
        self._manifest = manifest
        self._tails = tails
        self._mirror = f"{manifest.ledger} {manifest.horizon}"
        self._relations: dict[str, _Relation] = {}
        self._made: dict[str, str] = {}
        self._touched: dict[str, dict[str, int]] = {}
        for name, tail in tails.items():
            self._offer(f"tail_{name}", tail)
            self._offer(f"none_{name}", tail.slice(0, 0))

    @cached_property
    def _duck(self) -> duckdb.DuckDBPyConnection:
        return duck.cursor()

    def source(self, table: Table, *, as_of: date, known: int) -> str:
        tail = f"SELECT {', '.join(table.names)} FROM tail_{table.name}"
        if not self._manifest.of(table.name):
            return f"({tail})"
        return f"({self.mirrored(table, as_of=as_of, known=known)} UNION ALL {tail})"

    def has(self, table: Table) -> bool:
        return bool(self._manifest.of(table.name) or self._tails[table.name].num_rows)

    def mirrored(self, table: Table, *, as_of: date, known: int) -> str:
        """The same of what is mirrored alone."""
        names, files = ", ".join(table.names), self._manifest.of(table.name)
        if not files:
            return f"SELECT {names} FROM none_{table.name}"
        counts = f" WHERE {self._counts(as_of, known)}" if table.closing else ""
        listed = ", ".join(duck.quoted(str(folder() / file.name)) for file in files)
        return f"SELECT {names} FROM read_parquet([{listed}]){counts}"

    def _counts(self, as_of: date, known: int) -> str:
        open_later = f"closed_on > DATE '{as_of.isoformat()}'"
        if known >= self._manifest.marked_horizon:
            return open_later
        return f"({open_later} OR closed_tx >= {int(known)})"

    def parts(self, until: Until) -> Parts | None:
        """The facts in parts, to answer by what is new (see `additive`); None where they are not told apart. What
        counts only later is nothing new: a posting of today leaves what was answered for the month ends before."""
        if not self._manifest.files or len(self._tail_keys) > _MANY_KEYS:
            return None
        ending = f"{until.as_of:%Y%m%d}_{until.known}"
        if ending not in self._touched:
            self._touched[ending] = self._touch(ending, until)
        counts = self._touched[ending]
        touched = f"touched_{ending}"
        before, now = (_Touched(self, when, ending, counts) for when in ("before", "now"))
        return Parts(_Mirrored(self), before, now, touched, bool(counts[touched]))

    @cached_property
    def _tail_keys(self) -> list[int]:
        """The keys that have rows in the tail."""
        return _keys(self._tails[table.name].column(table.key) for table in _keyed())

    @cached_property
    def _before(self) -> dict[str, pa.Table]:
        """What is mirrored of those keys."""
        return {table.name: read(table, 0, self.horizon, keys=self._tail_keys) for table in _keyed()}

    def _touch(self, ending: str, until: Until) -> dict[str, int]:
        """Offer `touched_…`, `before_…` and `now_…` until then; how many rows each has."""
        tails = {table.name: _counting(self._tails[table.name], table, until) for table in _keyed()}
        keys = pa.array(_keys(tails[table.name].column(table.key) for table in _keyed()), pa.int64())
        offered = {f"touched_{ending}": pa.table({"key": keys})}
        for table in _keyed() if len(keys) else ():
            before = self._before[table.name]
            before = before.filter(compute.is_in(before.column(table.key), keys))
            offered[f"before_{table.name}_{ending}"] = before
            offered[f"now_{table.name}_{ending}"] = pa.concat_tables([before, tails[table.name]])
        for name, rows in offered.items():
            self._offer(name, rows)
        return {name: rows.num_rows for name, rows in offered.items()}

    def rows(self, sql: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        found = ANSWERS.get(
            self._question("rows", sql, parameters),
            lambda: self._run(sql, parameters).fetchall(),
            lambda rows: _CELL_BYTES * len(rows) * len(rows[0]) if rows else _CELL_BYTES,
        )
        return list(found)

    def columns(self, sql: str, parameters: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
        return lists(self._table(self._question("table", sql, parameters), sql, parameters))

    def keep(self, name: str, sql: str, parameters: Mapping[str, Any]) -> None:
        """Keep a query's rows under a name for the further questions of this reading; sums are cast to BIGINT.

        Columns alone can do this: the database's snapshot is read-only.
        """
        question = self._question("table", sql, parameters)
        self._offer(name, self._table(question, sql, parameters), question)

    def define(self, name: str, sql: str) -> None:
        """Let `name` stand for a query without parameters in the further questions of this reading."""
        # A column may be called as the view is.
        inner = [relation for relation in self._named(sql) if relation != name]

        def make() -> None:
            self._register(inner)
            self._duck.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS {sql}")

        self._relations[name] = _Relation(self._question("view", sql, {}), make)

    def close(self) -> None:
        if "_duck" in self.__dict__:
            self._duck.close()

    def _offer(self, name: str, table: pa.Table, digest: str | None = None) -> None:
        self._relations[name] = _Relation(digest or _digest(table), lambda: self._duck.register(name, table))

    def _table(self, question: str, sql: str, parameters: Mapping[str, Any]) -> pa.Table:
        return ANSWERS.get(
            question, lambda: self._relation(sql, parameters).to_arrow_table(), lambda table: int(table.nbytes)
        )

    def _question(self, form: str, sql: str, parameters: Mapping[str, Any]) -> str:
        """What is asked, of which facts."""
        read = [(name, self._relations[name].digest) for name in self._named(sql)]
        used = [(name, parameters[name]) for name in _names(sql)]
        return hashlib.sha256(repr((form, self._mirror, sql, used, read)).encode()).hexdigest()

    def _named(self, sql: str) -> list[str]:
        return sorted(self._relations.keys() & set(_WORD.findall(sql)))

    def _register(self, names: Iterable[str]) -> None:
        """Make the relations known to DuckDB, only now that a query naming them is really asked."""
        for name in names:
            relation = self._relations[name]
            if self._made.get(name) != relation.digest:
                relation.make()
                self._made[name] = relation.digest

    def _run(self, sql: str, parameters: Mapping[str, Any]) -> duckdb.DuckDBPyConnection:
        self._register(self._named(sql))
        used = {name: parameters[name] for name in _names(sql)}
        return self._duck.execute(_PARAMETER.sub(r"$\1", sql), used)

    def _relation(self, sql: str, parameters: Mapping[str, Any]) -> duckdb.DuckDBPyRelation:
        """The query as a relation, which hands its columns over without a copy."""
        self._register(self._named(sql))
        used = {name: parameters[name] for name in _names(sql)}
        return self._duck.sql(_PARAMETER.sub(r"$\1", sql), params=used)


@dataclass(frozen=True, slots=True)
class _Mirrored:
    """What is mirrored; tables without a key whole."""

    engine: ColumnsEngine

    def source(self, table: Table, *, as_of: date, known: int) -> str:
        if not table.key:
            return self.engine.source(table, as_of=as_of, known=known)
        return f"({self.engine.mirrored(table, as_of=as_of, known=known)})"

    def has(self, table: Table) -> bool:
        return self.engine.has(table)


@dataclass(frozen=True, slots=True)
class _Touched:
    """The rows of touched keys `before` the tail or `now`, `counts` of each relation; tables without a key whole."""

    engine: ColumnsEngine
    when: str
    ending: str
    counts: Mapping[str, int]

    def source(self, table: Table, *, as_of: date, known: int) -> str:
        if not table.key:
            return self.engine.source(table, as_of=as_of, known=known)
        return f"(SELECT {', '.join(table.names)} FROM {self._name(table)})"

    def has(self, table: Table) -> bool:
        return bool(self.counts[self._name(table)]) if table.key else self.engine.has(table)

    def _name(self, table: Table) -> str:
        return f"{self.when}_{table.name}_{self.ending}"


def _keyed() -> list[Table]:
    return [table for table in registered() if table.key]


def _keys(columns: Iterable[pa.ChunkedArray]) -> list[int]:
    return sorted({key for column in columns for key in column.to_pylist()})


def _counting(rows: pa.Table, table: Table, until: Until) -> pa.Table:
    by_then = compute.less_equal(rows.column(table.effective), pa.scalar(until.as_of, pa.date32()))
    return rows.filter(compute.and_(by_then, compute.less(rows.column("tx"), until.known)))


def _digest(table: pa.Table) -> str:
    """Names the rows of a table short enough to be digested whole."""
    if not table.num_rows:
        return "none"
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return hashlib.sha256(sink.getvalue()).hexdigest()


def _names(sql: str) -> list[str]:
    return sorted(set(_PARAMETER.findall(sql)))
