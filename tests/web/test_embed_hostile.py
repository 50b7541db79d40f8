"""Thousands of hostile words through the form and its address: text everywhere, markup nowhere."""

from html.parser import HTMLParser

import redis

from tests.conftest import Corpus
from tests.web.conftest import ARTICLE, Reader, dump, hidden


class Outline(HTMLParser):
    """The tags of a page with the names of their attributes, and every address in it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.addresses: list[str] = []
        self.values: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Notes a tag."""
        self.tags.append((tag, tuple(name for name, _ in attrs)))
        named = dict(attrs)
        self.addresses += [named[name] or "" for name in ("href", "src", "action") if name in named]
        if tag == "input":
            self.values[named.get("name") or ""] = named.get("value") or ""


def outline(page: str) -> Outline:
    """The page as a parser sees it."""
    return Outline(page)


def words(corpus: Corpus, *names: str) -> list[str]:
    """The rows of some corpora as text that a form can carry."""
    rows = [row["v"] for name in names for row in corpus(name) if isinstance(row.get("v"), str)]
    return [row.encode("utf-8", "replace").decode() for row in rows]


def test_a_refused_form_shows_hostile_words_as_words(alice: Reader, corpus: Corpus, client: redis.Redis) -> None:
    before = dump(client)
    usual = outline(alice.send(alice.form(name="x", text="x", email="nobody")).text).tags
    attacks = words(corpus, "xss_html", "xss_fields", "naughty_strings")
    for start in range(0, len(attacks), 40):
        attack = "\n".join(attacks[start : start + 40])
        answer = alice.send(alice.form(name=attack, text=attack, email="nobody"))
        assert answer.status_code in (413, 422)
        page = outline(answer.text)
        assert {tag for tag, _ in page.tags} == {tag for tag, _ in usual}, attack
        assert not [names for _, names in page.tags if any(name.startswith("on") for name in names)], attack
        assert all(address.startswith(("/", "#", "https://daily.example/")) for address in page.addresses), attack
    assert dump(client) == before


def test_no_address_of_a_frame_makes_markup_or_headers(alice: Reader, corpus: Corpus, client: redis.Redis) -> None:
    before = dump(client)
    usual = {tag for tag, _ in outline(alice.opens(title="x").text).tags}
    for attack in words(corpus, "xss_fields", "naughty_strings", "redirects"):
        answer = alice.opens(title=attack, thread=attack[:200], lang=attack, theme=attack, sort=attack)
        assert answer.status_code in (200, 422)
        if answer.status_code == 200:
            assert {tag for tag, _ in outline(answer.text).tags} == usual, attack
        wrong = alice.web.get("/embed/daily", query_string={"url": attack})
        assert wrong.status_code in (200, 403, 422), attack
        assert not {"Location", "Set-Cookie"} & {*answer.headers.keys(), *wrong.headers.keys()}, attack
    assert dump(client) == before


def test_every_address_is_refused_or_stays_on_the_site(alice: Reader, corpus: Corpus, client: redis.Redis) -> None:
    before = dump(client)
    for address in [ARTICLE, *words(corpus, "urls", "ssrf", "redirects")]:
        answer = alice.web.get("/embed/daily", query_string={"url": address})
        assert answer.status_code in (200, 403, 422), address
        if answer.status_code == 200:
            assert hidden(answer.text, "url").startswith("https://daily.example/"), address
    assert dump(client) == before


def test_what_was_typed_comes_back_to_the_letter(alice: Reader, corpus: Corpus) -> None:
    for text in words(corpus, "multiscript", "naughty_strings")[:300]:
        if "\0" in text or not text.strip():
            continue
        page = outline(alice.send(alice.form(name=text, email="nobody")).text)
        # A one-line field carries no line ends; browsers take them out before sending.
        assert page.values["name"] == text or "\r" in text or "\n" in text
