"""What readers load, in bytes as it is sent, against its budget; `make size` prints the table."""

import gzip
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from commentsvc.bootstrap import Parts, now_ms
from commentsvc.domain.look import EXAMPLES
from commentsvc.service import Limits, assemble
from commentsvc.settings import Settings
from commentsvc.web import create_app
from commentsvc.web.assets import assets
from commentsvc.web.looks import css
from tests import servers

LEVEL = 5
"""As `commentsvc.ready` compresses."""

ARTICLE = "https://daily.example/news/42"
SCRIPTS = ("frame.js", "kit.js", "thread.js", "form.js", "talk.js")


@dataclass(frozen=True, kw_only=True, slots=True)
class Weight:
    """One thing that is loaded; `most` is how many bytes it may have, compressed."""

    name: str
    raw: int
    sent: int
    most: int


def weights(page: bytes) -> Iterator[Weight]:
    """Each file with a budget of its own, then the frame: `page` without comments, its stylesheet and its scripts."""
    yield _weight("embed.js", [assets()["embed.js"].content], 1024)
    yield _weight("count.js", [assets()["count.js"].content], 717)
    files = [assets()[name].content for name in ("embed.css", *SCRIPTS)]
    yield _weight("frame: the page without comments", [page], 4_000)
    yield _weight("frame: the stylesheet", files[:1], 3_500)
    yield _weight("frame: the scripts", files[1:], 8_500)
    yield _weight("frame: all of it", [page, *files], 15 * 1024)
    yield _weight("the stylesheet with a look", [css(max(EXAMPLES.values(), key=len))], 3_900)


def _weight(name: str, files: list[bytes], most: int) -> Weight:
    sent = sum(len(gzip.compress(file, LEVEL)) for file in files)
    return Weight(name=name, raw=sum(map(len, files)), sent=sent, most=most)


def table(page: bytes) -> str:
    """The budgets for people."""
    rows = [f"{one.name:34} {one.raw:7} {one.sent:7} {one.most:7}" for one in weights(page)]
    return "\n".join([f"{'':34} {'raw':>7} {'gzip':>7} {'most':>7}", *rows])


def main() -> int:
    """Prints the table; 1 where something is too big."""
    secrets = ("a secret of nothing that is kept, long enough",)
    with servers.short_directory() as directory:
        server = servers.start_server(directory)
        try:
            with server.client() as client:
                service = assemble(client, clock=now_ms, secrets=secrets, limits=Limits())
                service.sites.add(key="daily", name="Daily", origins=["https://daily.example"])
                app = create_app(Parts(settings=Settings(), secrets=secrets, client=client, service=service))
                page = app.test_client().get("/embed/daily", query_string={"url": ARTICLE}).data
        finally:
            server.stop()
    print(table(page))
    return int(any(one.sent > one.most for one in weights(page)))


if __name__ == "__main__":
    sys.exit(main())
