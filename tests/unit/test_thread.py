"""One article is one thread, whatever the link to it looked like."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commentsvc.domain.refusal import Code, Refused
from commentsvc.domain.site import Site, SlashPolicy
from commentsvc.domain.thread import Article, article, bucket, canonical_url, normal_origin

DAILY = Site(
    key="daily",
    number=1,
    name="Daily",
    origins=("http://daily.example", "https://daily.example", "https://www.daily.example", "http://www.daily.example"),
    salt="pepper",
    partitions=8,
)
HOME = "https://daily.example"


def known(url: str, explicit_key: str = "", site: Site = DAILY) -> Article:
    found = article(site, url, explicit_key)
    assert isinstance(found, Article), found
    return found


def refusal(url: str, site: Site = DAILY) -> Code:
    found = article(site, url)
    assert isinstance(found, Refused), found
    return found.code


@pytest.mark.parametrize(
    "url",
    [
        "https://daily.example/news/42",
        "http://daily.example/news/42",
        "https://www.daily.example/news/42",
        "HTTPS://Daily.EXAMPLE/news/42",
        "https://daily.example:443/news/42",
        "http://daily.example:80/news/42",
        "https://daily.example:/news/42",
        "https://daily.example./news/42",
        "https://daily.example/news/42/",
        "https://daily.example//news//42",
        "https://daily.example/news/./42",
        "https://daily.example/sport/../news/42",
        "https://daily.example/../../news/42",
        "https://daily.example/%6Eews/4%32",
        "https://daily.example/sport/%2e%2E/news/42",
        "https://daily.example/news/42#comments",
        "https://daily.example/news/42?",
        "https://daily.example/news/42?&",
        "https://daily.example/news/42?utm_source=x&utm_medium=y&UTM_Campaign=z",
        "https://daily.example/news/42?fbclid=1&gclid=2&mc_cid=3&_ga=4&msclkid=5&igshid=6",
        "https://daily.example/news/42?amp",
        "https://daily.example/news/42?amp=1",
        "https://daily.example/news/42?print=1",
    ],
)
def test_one_article_is_one_thread(url: str) -> None:
    assert known(url) == known("https://daily.example/news/42")
    assert known(url).url == known(url).key == "https://daily.example/news/42"


@pytest.mark.parametrize(
    "url",
    [
        "https://daily.example/news/43",
        "https://daily.example/News/42",
        "https://daily.example/news%2F42",
        "https://daily.example/news%252F42",
        "https://daily.example/news/42?page=2",
        "https://daily.example/news/42?utm=1",
        "https://daily.example/news/42?sample=1",
        "https://daily.example/news/42/print",
        "https://daily.example/news/42;x",
        "https://daily.example/news/42%3Fa",
    ],
)
def test_another_article_is_another_thread(url: str) -> None:
    assert known(url).id != known("https://daily.example/news/42").id


@pytest.mark.parametrize(
    "spellings",
    [
        ("/caf\u00e9", "/caf%C3%A9", "/caf%c3%a9"),
        ("/a%2fb", "/a%2Fb", "/%61%2Fb", "/x/../a%2fb", "/x/%2e%2e/a%2fb/"),
        ("/?q=caf\u00e9", "/?q=caf%C3%A9", "/?q=caf%c3%a9"),
        ("/?b=2&a=1", "/?a=1&b=2", "/?a=1&&b=2&"),
        ("/%ff", "/%FF"),
    ],
)
def test_an_encoding_is_no_difference(spellings: tuple[str, ...]) -> None:
    assert len({known(HOME + spelling).id for spelling in spellings}) == 1


def test_an_encoded_slash_is_no_separator() -> None:
    assert known(f"{HOME}/a%2fb").url == f"{HOME}/a%2Fb"
    assert known(f"{HOME}/a%2f..%2fb").url == f"{HOME}/a%2F..%2Fb"


@pytest.mark.parametrize(
    ("policy", "path", "canonical"),
    [
        (SlashPolicy.STRIP, "/news/", "/news"),
        (SlashPolicy.STRIP, "/news", "/news"),
        (SlashPolicy.STRIP, "/", "/"),
        (SlashPolicy.ADD, "/news", "/news/"),
        (SlashPolicy.ADD, "/news/", "/news/"),
        (SlashPolicy.ADD, "/news/42.html", "/news/42.html"),
        (SlashPolicy.ADD, "", "/"),
        (SlashPolicy.KEEP, "/news", "/news"),
        (SlashPolicy.KEEP, "/news/", "/news/"),
        (SlashPolicy.KEEP, "/news/42/..", "/news/"),
        (SlashPolicy.KEEP, "", "/"),
    ],
)
def test_the_site_says_what_becomes_of_the_slash_at_the_end(policy: SlashPolicy, path: str, canonical: str) -> None:
    assert known(HOME + path, site=replace(DAILY, slash=policy)).url == HOME + canonical


def test_a_site_known_by_http_only_keeps_its_one_origin() -> None:
    site = replace(DAILY, origins=("http://daily.example",))
    assert known("http://daily.example/a", site=site).url == "http://daily.example/a"
    assert refusal("https://daily.example/a", site) is Code.ORIGIN_NOT_ALLOWED


def test_a_port_makes_another_origin() -> None:
    site = replace(DAILY, origins=("https://daily.example", "https://daily.example:8443"))
    assert known("https://daily.example:8443/a", site=site).url == "https://daily.example:8443/a"
    assert refusal("https://daily.example:8444/a", site) is Code.ORIGIN_NOT_ALLOWED


def test_an_international_host_is_known_by_its_ascii_name() -> None:
    site = replace(DAILY, origins=("https://xn--bcher-kva.example",))
    for host in ("b\u00fccher.example", "bu\u0308cher.example", "B\u00dcCHER.example", "xn--bcher-kva.example"):
        assert known(f"https://{host}/a", site=site).url == "https://xn--bcher-kva.example/a"


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/news/42",
        "https://daily.example.evil.example/",
        "https://evil.example/https://daily.example/",
        "https://evil.example?https://daily.example/",
        "https://evil.example#https://daily.example/",
        "https://sub.daily.example/",
        "https://daily.example:8443/",
        "https://dailyxexample/",
        "https://127.0.0.1/",
        "https://[::1]/",
    ],
)
def test_a_foreign_origin_is_refused(url: str) -> None:
    assert refusal(url) is Code.ORIGIN_NOT_ALLOWED


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/news/42",
        "//daily.example/news/42",
        "daily.example/news/42",
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://daily.example/",
        "https:daily.example",
        "https:///news",
        "https://",
        "https://user@daily.example/",
        "https://user:pass@daily.example/",
        "https://daily.example@evil.example/",
        "https://daily.example\\@evil.example/",
        "https://daily.example\\.evil.example/",
        "https://daily.example:99999/",
        "https://daily.example:80a/",
        "https://daily.example/\r\nSet-Cookie: x",
        "https://daily.example/a b",
        "https://daily.example/\t",
        "https://daily.example/\0",
        "https://daily.example/\x7f",
        "https://daily.example/\x85",
        "https://daily.example/<script>",
        'https://daily.example/"onload="x',
        "https://daily.example/`",
        "https://[::1/",
        "https://\ud800.example/",
        "https://daily.example/\ud800",
        "https://daily.example/?a=\udfff",
        "https://daily.example/" + "a" * 2_000,
        "https://" + "a" * 300 + ".example/",
        " https://daily.example/",
    ],
)
def test_what_is_no_usable_address_is_refused_and_no_fault(url: str) -> None:
    assert refusal(url) is Code.INVALID_URL


@given(st.text(max_size=80).map(lambda tail: HOME + "/" + tail) | st.text(max_size=80))
def test_an_address_is_canonical_once_and_for_all(url: str) -> None:
    canonical = canonical_url(DAILY, url)
    if isinstance(canonical, str):
        assert canonical.startswith(HOME + "/")
        assert canonical.isascii()
        assert canonical_url(DAILY, canonical) == canonical


def test_an_explicit_key_outlives_a_changed_url() -> None:
    before, after = known(f"{HOME}/old", "article-7"), known(f"{HOME}/new", "article-7")
    assert (before.id, before.key) == (after.id, after.key)
    assert after.key == "article-7"
    assert after.url == f"{HOME}/new"
    assert known(f"{HOME}/old").id != before.id


def test_a_key_that_looks_like_a_url_is_not_that_urls_thread() -> None:
    assert known(f"{HOME}/a", f"{HOME}/b").id != known(f"{HOME}/b").id


def test_keys_are_compared_in_nfc() -> None:
    assert known(f"{HOME}/", "caf\u00e9") == known(f"{HOME}/", "cafe\u0301")


@pytest.mark.parametrize(
    ("key", "code"),
    [
        ("a\nb", Code.INVALID_CHARACTERS),
        ("\0", Code.INVALID_CHARACTERS),
        ("\ud800", Code.INVALID_CHARACTERS),
        ("k" * 201, Code.TOO_LONG),
        ("\u0301\u0316" * 50_000, Code.TOO_LONG),
    ],
)
def test_keys_that_cannot_be_are_refused(key: str, code: Code) -> None:
    assert article(DAILY, f"{HOME}/", key) == Refused(code=Code.INVALID_FIELDS, fields={"thread": code})


def test_the_same_article_on_two_sites_is_two_threads() -> None:
    assert known(f"{HOME}/").id != known(f"{HOME}/", site=replace(DAILY, key="weekly")).id


def test_threads_spread_over_all_partitions_and_stay_where_they_are() -> None:
    articles = [known(f"{HOME}/news/{number}") for number in range(400)]
    assert {DAILY.partition_of(bucket(one.id)) for one in articles} == set(range(8))
    assert articles == [known(f"{HOME}/news/{number}") for number in range(400)]
    assert all(len(one.id) == 26 for one in articles)


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("https://daily.example", "https://daily.example"),
        ("https://Daily.Example/", "https://daily.example"),
        ("https://daily.example:443", "https://daily.example"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("https://b\u00fccher.example", "https://xn--bcher-kva.example"),
        ("https://daily.example/path", None),
        ("https://daily.example?x", None),
        ("https://daily.example#x", None),
        ("https://user@daily.example", None),
        ("daily.example", None),
        ("*", None),
        ("https://*.daily.example", None),
        ("ftp://daily.example", None),
        ("https://daily.example\n", "https://daily.example"),
        ("null", None),
        ("https://[::1", None),
        ("https://" + "a" * 300, None),
        ("", None),
    ],
)
def test_an_origin_has_one_form(typed: str, normal: str | None) -> None:
    assert normal_origin(typed) == normal


def test_moving_to_https_or_to_other_slashes_leaves_every_thread_where_it_is() -> None:
    before = replace(DAILY, origins=("http://plain.example",))
    after = replace(DAILY, origins=("https://www.plain.example", "http://plain.example"), slash=SlashPolicy.ADD)
    old = article(before, "http://plain.example/news/42?a=1")
    for address in ("http://plain.example/news/42?a=1", "https://www.plain.example/news/42/?a=1&utm_source=x"):
        new = article(after, address)
        assert isinstance(old, Article)
        assert isinstance(new, Article)
        assert new.id == old.id
        assert new.url == "https://www.plain.example/news/42/?a=1"


def test_an_address_that_escaping_makes_too_long_is_refused_at_once() -> None:
    assert canonical_url(DAILY, "https://daily.example/" + "ع" * 400) == Refused(code=Code.INVALID_URL)
