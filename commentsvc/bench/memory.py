"""What a comment costs in memory, structure by structure, and whether loading and paging stay flat.

`python -m commentsvc.bench.memory --comments 1000000 --texts comments.jsonl`; the table of docs/memory.md.
"""

import json
import random
import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, cast

import click

from commentsvc.bench import seed
from commentsvc.bench.stage import staged
from commentsvc.bench.tape import Tape, playing
from commentsvc.bootstrap import Parts, now_ms
from commentsvc.domain.comment import Body, Comment
from commentsvc.domain.decision import Status
from commentsvc.domain.fingerprint import bands
from commentsvc.domain.ids import CommentId
from commentsvc.domain.site import Site
from commentsvc.domain.thread import Article, article
from commentsvc.store import records
from commentsvc.store.comments import Comments, Sort
from commentsvc.store.entry import Triage
from commentsvc.store.keys import Partition
from commentsvc.store.queue import Queue

BATCH = 1_000
SAMPLE = 50_000
"""Keys of one kind that are looked at; their mean stands for the others."""

REPLIES = 0.3
COMMENTS_OF_AN_AUTHOR = 4
_LASTS_DAYS = re.compile(rb"\}:(?:n|busy|near):")
_KIND = re.compile(rb"\}:(?:([cda]|t|ids|bits|n|busy|near):[^:]+(:[a-z]+)?|(.+))$")


def invented(dice: random.Random) -> Callable[[], str]:
    """A source of texts of 350 letters on average, of made-up words: a little harder to compress than English is."""
    syllables = [a + b for a in "bcdfghklmnprstvw" for b in ("a", "e", "i", "o", "u", "an", "er", "in", "on")]
    words = ["".join(dice.choices(syllables, k=1 + rank // 60 % 3)) for rank in range(2_000)]
    weights = [1 / (rank + 3) for rank in range(len(words))]

    def text() -> str:
        return " ".join(dice.choices(words, weights, k=200))[: _length(dice)].capitalize() + "."

    return text


def told(dice: random.Random, path: Path) -> Callable[[], str]:
    """A source of texts as long, of sentences that people wrote: JSON lines with `text` and `lang`."""
    sentences: defaultdict[str, list[str]] = defaultdict(list)
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        sentences[row["lang"]] += [one for one in re.split(r"(?<=[.!?؟])\s+", row["text"]) if 15 < len(one) < 250]
    languages = list(sentences)
    weights = [len(sentences[language]) for language in languages]

    def text() -> str:
        language, length, said = dice.choices(languages, weights)[0], _length(dice), ""
        while len(said) < length:
            said += ("\n\n" if said and dice.random() < 0.1 else " ") + dice.choice(sentences[language])
        return said[:length].strip()

    return text


def _length(dice: random.Random) -> int:
    return max(20, min(2_000, int(dice.lognormvariate(5.7, 0.55))))


def threads(dice: random.Random, comments: int) -> list[int]:
    """How long each thread is: one has a tenth of all comments, most have 1 to 30, some hundreds, few thousands."""
    sizes = [comments // 10]
    left = comments - sizes[0]
    while left:
        kind = dice.random()
        size = (
            dice.randint(1, 30) if kind < 0.985 else dice.randint(50, 400) if kind < 0.999 else dice.randint(1, 3_000)
        )
        sizes.append(min(size, left))
        left -= sizes[-1]
    return sizes


class Loader:
    """Loads approved comments, all threads at once, as they would come in."""

    def __init__(self, parts: Parts, site: Site, dice: random.Random, text: Callable[[], str], comments: int) -> None:
        self._parts, self._site, self._dice, self._text, self._comments = parts, site, dice, text, comments
        self._heads: defaultdict[int, list[Comment]] = defaultdict(list)
        self.letters = 0

    def load(self) -> Iterator[int]:
        """Loads all, and tells after each thousand how many are there."""
        order = [number for number, size in enumerate(threads(self._dice, self._comments)) for _ in range(size)]
        self._dice.shuffle(order)
        events = Partition(site=self._site.key, number=0).events
        for start in range(0, len(order), BATCH):
            tape, made = Tape(), []
            for at, number in enumerate(order[start : start + BATCH], start):
                made.append((number, self._submit(tape, number, at)))
            for _, comment in made:
                seed.approve(tape, self._site, comment)
            with playing(self._parts.client) as play:
                play(tape)
            self._parts.client.delete(events)  # as the worker would have made deliveries of them
            for number, comment in made:
                if len(self._heads[number]) < 100:
                    self._heads[number].append(comment)
            yield start + len(made)

    def _submit(self, tape: Tape, number: int, at: int) -> Comment:
        dice, heads = self._dice, self._heads[number]
        where = found(self._site, number)
        author = dice.randrange(max(1, self._comments // COMMENTS_OF_AN_AUTHOR))
        body = Body(
            name=dice.choice(("Alice Brown", "Bob", "Carla Rossi", "Jean-Pierre L.", "محمد علي", "Mo", "reader77")),
            email=f"reader{author}@{dice.choice(('gmail.com', 'gmail.com', 'outlook.com', 'mail.example'))}",
            text=self._text(),
            url=where.url,
            title=f"The council and the bridge, part {number}",
            thread_key=where.key,
            author_key=f"e{random.Random(author).getrandbits(80):020x}",  # noqa: S311  # not for a secret
            created_ms=now_ms() - (self._comments - at) * 1_000,
            language="en",
        )
        self.letters += len(body.text)
        parent = dice.choice(heads) if heads and dice.random() < REPLIES else None
        return seed.submitted(tape, self._site, where, body, at, parent, triage=Triage(bands=bands(body.text)))


def found(site: Site, number: int) -> Article:
    """An article of the site."""
    one = article(site, f"{seed.ORIGIN}/news/2026/11/{number}-the-council-and-the-bridge")
    if not isinstance(one, Article):
        raise RuntimeError(f"no article: {one.code}")
    return one


@dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    """One structure: how many keys, and their bytes in all."""

    structure: str
    keys: int
    bytes: int


def shares(client: Any) -> list[Share]:
    """The bytes of each structure by MEMORY USAGE, the largest first; of many keys of a kind a sample is asked."""
    kinds: defaultdict[str, list[bytes]] = defaultdict(list)
    for key in client.scan_iter(count=10_000):
        match = _KIND.search(key)
        name = b"" if match is None else match[3] or match[1] + (match[2] or b"")
        kinds[name.decode() or "others"].append(key)
    rows = []
    for name, keys in kinds.items():
        sample = random.Random(1).sample(keys, min(SAMPLE, len(keys)))  # noqa: S311  # not for a secret
        pipe = client.pipeline(transaction=False)
        for key in sample:
            pipe.memory_usage(key, samples=0)
        rows.append(Share(structure=name, keys=len(keys), bytes=sum(pipe.execute()) * len(keys) // len(sample)))
    return sorted(rows, key=lambda row: -row.bytes)


def measured(parts: Parts, site: Site, text: Callable[[], str], dice: random.Random, comments: int) -> Iterator[str]:
    """Loads, and tells the figures as lines of Markdown."""
    client = cast(Any, parts.client)
    empty = client.info("memory")["used_memory"]
    loader = Loader(parts, site, dice, text, comments)
    yield "| loaded | store's CPU | bytes a comment |\n|---|---|---|"
    spent, step = _cpu_s(client), max(BATCH, comments // 10)
    for there in loader.load():
        if there % step == 0:
            _forget_what_is_over(client)
            used = client.info("memory")["used_memory"] - empty
            yield f"| {there:,} | {(_cpu_s(client) - spent) / step * 1e6:.0f} µs each | {used / there:.0f} |"
            spent = _cpu_s(client)
    used, resident = (client.info("memory")[name] for name in ("used_memory", "used_memory_rss"))
    yield f"\n{comments:,} comments of {loader.letters / comments:.0f} characters on average\n"
    yield "| structure | keys | bytes a comment |\n|---|---|---|"
    rows = shares(client)
    for row in rows:
        yield f"| {row.structure} | {row.keys:,} | {row.bytes / comments:.1f} |"
    rest = used - empty - sum(row.bytes for row in rows)
    yield f"| the table of keys, and the rest | | {rest / comments:.1f} |"
    yield f"| **all** | {client.dbsize():,} | **{(used - empty) / comments:.0f}** |"
    yield f"| resident, with what the allocator keeps | | {resident / comments:.0f} |\n"
    yield from _paging(parts, site, comments)


def _forget_what_is_over(client: Any) -> None:
    """Waits until the server has removed what ends at once, such as a ticket's one use: it is not the comments'."""
    lasting = sum(1 for key in client.scan_iter(count=10_000) if _LASTS_DAYS.search(key))
    while client.info("keyspace")["db0"]["expires"] > lasting:
        time.sleep(0.02)  # the server removes them by and by, and tells nobody that stands by


def _cpu_s(client: Any) -> float:
    cpu = client.info("cpu")
    return float(cpu["used_cpu_user"] + cpu["used_cpu_sys"])


def _paging(parts: Parts, site: Site, comments: int) -> Iterator[str]:
    """Pages of 50 of the longest thread in each order, and of all the site's approved comments."""
    keys, where = Partition(site=site.key, number=0), found(site, 0)
    store, queue = Comments(parts.client), Queue(parts.client)

    def page(sort: Sort, cursor: CommentId | None) -> list[str]:
        read = store.page(site, where, sort=sort, limit=50, cursor=cursor, known=None)
        return [comment.html for comment in read.comments or ()]

    def listed(cursor: CommentId | None) -> list[Comment | None]:
        return store.find_all(site, queue.ids(site, Status.APPROVED, cursor=cursor, limit=50))

    yield f"| page of 50 | store | process |\n|---|---|---|\n| **thread of {comments // 10:,}** | | |"
    for sort, index in ((Sort.OLDEST, keys.approved(where.id)), (Sort.CONVERSATION, keys.order(where.id))):
        for name, cursor in _places(parts.client, index):
            yield _row(parts.client, f"{sort}, {name}", partial(page, sort, cursor))
    yield f"| **the site's {comments:,} approved** | | |"
    for name, cursor in _places(parts.client, keys.status(Status.APPROVED)):
        yield _row(parts.client, name, partial(listed, cursor))


def _places(client: Any, index: str) -> list[tuple[str, CommentId | None]]:
    """The ids after which the first, a middle and the last page begin."""
    size: int = client.zcard(index)
    ranks = {"first": None, "middle": size // 2, "last": max(0, size - 51)}
    return [(name, None if rank is None else _member(client, index, rank)) for name, rank in ranks.items()]


def _member(client: Any, index: str, rank: int) -> CommentId:
    return CommentId("cmt_" + records.unpacked_ids(client.zrange(index, rank, rank)[0][-records.ID_BYTES :]))


def _row(client: Any, name: str, read: Callable[[], object]) -> str:
    stores, ours = [], []
    for _ in range(30):
        before, began = _cpu_s(client), time.process_time()
        for _ in range(10):
            read()
        ours.append((time.process_time() - began) / 10)
        stores.append((_cpu_s(client) - before) / 10)
    return f"| {name} | {median(stores) * 1000:.2f} ms | {median(ours) * 1000:.2f} ms |"


@click.command()
@click.option("--comments", type=click.IntRange(1_000), default=100_000, show_default=True)
@click.option("--texts", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="JSON lines: text, lang.")
def main(comments: int, texts: Path | None) -> None:
    """Print how much memory so many comments take in an embedded server of their own, and what reading them costs."""
    dice = random.Random(5)  # noqa: S311  # not for a secret
    with staged() as stage:
        stage.parts.client.config_set("appendonly", "no")  # a gigabyte to the disk that tells nothing here
        site = seed.site(stage.parts, "daily")
        for line in measured(stage.parts, site, told(dice, texts) if texts else invented(dice), dice, comments):
            click.echo(line)


if __name__ == "__main__":
    main()
