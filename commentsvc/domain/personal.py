"""Personal data that can be told by its form: e-mail addresses, telephone numbers, IBANs and card numbers.

Digits of any script count. Sums are checked where there are some, so that a long number is not taken for an account.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from commentsvc.domain.rules import Pattern

_FOREIGN_DIGIT = re.compile(r"[^\D0-9]")
_AT = r"\s?(?:@|＠|[(\[{]\s?(?:at|@)\s?[)\]}])\s?"
_EMAIL = re.compile(
    rf"(?<![\w.+-])[\w.+-]{{1,64}}{_AT}(?:[^\W_][\w-]{{0,62}}\.){{1,8}}[^\W\d_]{{2,24}}(?![\w-])", re.IGNORECASE
)
_MAY_HAVE_EMAIL = re.compile("[@＠]|at", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![\w.,+])(?:\+|00)?\(?\d(?:[ \u00a0().\-/]{0,2}\d){6,18}(?![\w,]|\.\d)")
_DATE = re.compile(r"(?:19|20)\d\d[./-]\d{1,2}[./-]\d{1,2}|\d{1,2}[./-]\d{1,2}[./-](?:19|20)\d\d")
_OF_AMERICA = re.compile(r"(?:1[ .-]?)?\(?[2-9]\d\d\)?[ .-]\d{3}[ .-]\d{4}")
_OF_A_COUNTRY = re.compile(r"\(?0\d(?:[ \u00a0().\-/]{0,2}\d){7,10}")
_CARD = re.compile(r"(?<![\w+])(?<!\d[ -])[2-6]\d{3}(?:[ -]?\d){9,15}(?!\w|[ -]\d)")
_IBAN = re.compile(r"(?<!\w)([A-Z]{2})\d{2}(?:[ -]?[A-Z0-9]){11,30}", re.I)

# country → how many characters an IBAN of it has (SWIFT's registry)
_LENGTHS = {
    country: int(length)
    for country, length in re.findall(
        "([A-Z]{2})([0-9]{2})",
        "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29 ES24 FI18 "
        "FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 "
        "LU20 LV21 LY25 MC27 MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 SA24 SC31 SD18 "
        "SE24 SI19 SK24 SM27 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20",
    )
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Spot:
    """Where a text has personal data, and of what kind."""

    pattern: Pattern
    start: int
    end: int


def spots(text: str) -> Iterator[Spot]:
    """Personal data in a text, in no order; a place is of one kind only."""
    plain = text if text.isascii() else _FOREIGN_DIGIT.sub(lambda match: str(unicodedata.decimal(match[0])), text)
    if _MAY_HAVE_EMAIL.search(plain):
        for match in _EMAIL.finditer(plain):
            yield Spot(pattern=Pattern.EMAIL, start=match.start(), end=match.end())
    taken: list[tuple[int, int]] = []
    for pattern, find in _NUMBERS.items():
        for start, end in find(plain):
            if not any(start < last and first < end for first, last in taken):
                taken.append((start, end))
                yield Spot(pattern=pattern, start=start, end=end)


def _ibans(text: str) -> Iterator[tuple[int, int]]:
    for match in _IBAN.finditer(text):
        length = _LENGTHS.get(match[1].upper(), 0)
        end = match.start()
        for _ in range(length):  # by its country's length, because the words after it may look like more of it
            while end < match.end() and text[end] in " -":
                end += 1
            end += 1
        if length and end <= match.end() and _adds_up(re.sub("[ -]", "", text[match.start() : end]).upper()):
            yield match.start(), end


def _adds_up(iban: str) -> bool:
    """ISO 7064, mod 97-10."""
    return int("".join(str(int(c, 36)) for c in iban[4:] + iban[:4])) % 97 == 1


def _cards(text: str) -> Iterator[tuple[int, int]]:
    for match in _CARD.finditer(text):
        if _has_luhn_sum([int(c) for c in match[0] if c.isdigit()]):
            yield match.span()


def _has_luhn_sum(digits: list[int]) -> bool:
    """ISO/IEC 7812-1; a row of equal digits is nobody's card."""
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    return len(set(digits)) > 1 and (sum(doubled) + sum(digits[-1::-2])) % 10 == 0


def _phones(text: str) -> Iterator[tuple[int, int]]:
    for match in _NUMBER.finditer(text):
        written = match[0]
        digits = sum(c.isdigit() for c in written)
        if _DATE.match(written):
            continue
        international = (written[0] == "+" and 8 <= digits <= 15) or (written[:2] == "00" and 10 <= digits <= 17)
        if international or _OF_A_COUNTRY.fullmatch(written) or _OF_AMERICA.fullmatch(written):
            yield match.span()


# In this order: an account's number may look like a card's, and either like a telephone's.
_NUMBERS = {Pattern.IBAN: _ibans, Pattern.CARD: _cards, Pattern.PHONE: _phones}
