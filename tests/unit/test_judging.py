"""What a submission alone tells: the hits of each kind of rule, with the spans that are to blame."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from commentsvc.domain import judging
from commentsvc.domain.judging import judge
from commentsvc.domain.lane import Lane
from commentsvc.domain.rules import DEFAULT_RULES, HITS_MAX, Pattern, Rule, RuleKind, Where, Word, lane_of, suggested
from commentsvc.domain.site import Site
from commentsvc.domain.wordlist import Wordlist

DAILY = Site(key="daily", number=1, name="Daily", origins=("https://daily.example",), salt="pepper")
NOW = 1_000_000


def with_rules(*rules: Rule) -> Site:
    return replace(DAILY, rules=rules)


def spans(text: str, site: Site = DAILY) -> list[tuple[str, str]]:
    hits = judge(site, text=text, name="Alice", now_ms=NOW)
    return [(hit.what or hit.kind, text[hit.start : hit.end]) for hit in hits]


def test_a_new_site_begins_with_rules_and_no_words() -> None:
    on = {rule.kind for rule in DEFAULT_RULES if rule.on}
    assert on == set(RuleKind) - {RuleKind.TRUSTED}
    assert not any(rule.words or rule.auto for rule in DEFAULT_RULES)
    assert judge(DAILY, text="Well said.", name="Alice", email="a@daily.example", seconds=20, now_ms=NOW) == ()


INSULTS = Rule(id="insults", kind=RuleKind.WORDS, reason="insult", words=(Word(text="idiot"),))


def test_words_are_looked_for_in_the_text_and_in_the_name() -> None:
    hits = judge(with_rules(INSULTS), text="You 1d10t", name="Idiot", now_ms=NOW)
    assert [(hit.where, hit.start, hit.end) for hit in hits] == [(Where.TEXT, 4, 9), (Where.NAME, 0, 5)]
    assert lane_of(hits) is Lane.HELD
    assert suggested(hits) == "insult"


def test_a_rule_that_is_switched_off_hits_nothing() -> None:
    assert judge(with_rules(replace(INSULTS, on=False)), text="idiot", name="", now_ms=NOW) == ()


def test_links_count_from_the_threshold_on_and_not_to_the_sites_own_pages() -> None:
    two = "http://a.example/x and www.b.example"
    assert spans(two) == []
    assert spans(f"{two} https://daily.example/news") == []
    assert spans(f"{two} https://evil-daily.example/news") == [
        ("links", "http://a.example/x"),
        ("links", "www.b.example"),
        ("links", "https://evil-daily.example/news"),
    ]
    allowing = Rule(id="links", kind=RuleKind.LINKS, number=1, domains=("b.example",))
    assert spans("www.b.example https://x.b.example", with_rules(allowing)) == []
    assert spans("buy at pills.shop/now.", with_rules(allowing)) == [("links", "pills.shop/now")]


@pytest.mark.parametrize(
    ("text", "what", "span"),
    [
        ("mail a.b@c.example.org!", "email", "a.b@c.example.org"),
        ("mail joe (at) mail.example", "email", "joe (at) mail.example"),
        ("call +49 170 1234567", "phone", "+49 170 1234567"),
        ("call 00963 944 123 456", "phone", "00963 944 123 456"),
        ("اتصل ٠٥٠١٢٣٤٥٦٧", "phone", "٠٥٠١٢٣٤٥٦٧"),
        ("call (555) 123-4567.", "phone", "(555) 123-4567"),
        ("01 23 45 67 89", "phone", "01 23 45 67 89"),
        ("DE89 3704 0044 0532 0130 00 AND MORE", "iban", "DE89 3704 0044 0532 0130 00"),
        ("gb82west12345698765432", "iban", "gb82west12345698765432"),
        ("4111 1111 1111 1111", "card", "4111 1111 1111 1111"),
    ],
)
def test_personal_data_is_told_by_its_form(text: str, what: str, span: str) -> None:
    assert spans(text) == [(what, span)]


@pytest.mark.parametrize(
    "text",
    [
        "on 2026-11-26 12:30 and 26.11.2026 100 times",
        "1 000 000 000 people, 1,000,000,000 more, 3.14159265358979",
        "0.123456789",
        "DE89 3704 0044 0532 0130 01",
        "4111 1111 1111 1112",
        "ISBN 978-3-16-148410-0",
        "they were at home. Then at noon",
        "Article 19, § 23, lines 100-200",
        "in 1939-1945 and 1914-1918",
    ],
)
def test_other_numbers_and_words_are_not_personal_data(text: str) -> None:
    assert spans(text) == []


def test_only_the_patterns_that_are_chosen_count() -> None:
    emails = Rule(id="p", kind=RuleKind.PERSONAL_DATA, patterns=(Pattern.EMAIL,))
    assert spans("a@b.example +49 170 1234567", with_rules(emails)) == [("email", "a@b.example")]


@pytest.mark.parametrize(("seconds", "hit"), [(2.9, True), (3, False), (None, False)])
def test_a_form_sent_sooner_than_people_read_is_likely_spam(seconds: float | None, hit: bool) -> None:
    hits = judge(DAILY, text="Well said.", name="Alice", seconds=seconds, now_ms=NOW)
    assert [one.kind for one in hits] == [RuleKind.SPEED] * hit
    assert lane_of(hits) is (Lane.LIKELY_SPAM if hit else Lane.NEW)


def test_addresses_of_a_mail_host_can_be_held_always() -> None:
    rule = Rule(id="throwaway", kind=RuleKind.AUTHOR, domains=("trash.example",))
    assert judge(with_rules(rule), text="Hi", name="A", email="a@mx.Trash.example", now_ms=NOW)
    assert not judge(with_rules(rule), text="Hi", name="A", email="a@nottrash.example", now_ms=NOW)


def test_however_much_is_to_blame_the_hits_are_bounded() -> None:
    hits = judge(
        with_rules(*DEFAULT_RULES, *(replace(INSULTS, id=f"w{at}") for at in range(9))),
        text="idiot a@b.example " * 200,
        name="idiot",
        seconds=0,
        now_ms=NOW,
    )
    assert len(hits) == HITS_MAX


def test_words_are_made_ready_once_and_only_so_many_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []

    class Counted(Wordlist):
        def __init__(self, words: Sequence[Word]) -> None:
            made.append(len(words))
            super().__init__(words)

    monkeypatch.setattr(judging, "Wordlist", Counted)
    monkeypatch.setattr(judging, "WORDS_KEPT", 3)
    sites = [with_rules(replace(INSULTS, words=(Word(text="idiot"), Word(text=f"word{at}")))) for at in range(3)]
    for site in (sites[0], sites[0], sites[1], sites[1], sites[2]):
        assert judge(site, text="idiot", name="", now_ms=NOW)
    assert made == [2, 2, 2]
    assert judge(sites[0], text="idiot", name="", now_ms=NOW)
    assert made == [2, 2, 2, 2]
