"""Codes of an authenticator app: those of RFC 6238, for half a minute, whatever keyboard they are typed on."""

import pytest

from commentsvc.domain import recovery, sealing, totp

SECRET = b"12345678901234567890"
RFC_6238 = [
    (59, "94287082"),
    (1111111109, "07081804"),
    (1111111111, "14050471"),
    (1234567890, "89005924"),
    (2000000000, "69279037"),
    (20000000000, "65353130"),
]
"""Appendix B, SHA-1; its codes have eight digits, of which ours are the last six."""

NOW_MS = 1_234_567_890_000
NOW = totp.code_at(SECRET, totp.step_at(NOW_MS))


@pytest.mark.parametrize(("seconds", "code"), RFC_6238)
def test_the_codes_are_those_of_the_rfc(seconds: int, code: str) -> None:
    assert totp.code_at(SECRET, totp.step_at(seconds * 1000)) == code[-6:]
    assert totp.matching_step(SECRET, code[-6:], now_ms=seconds * 1000) == seconds // 30


@pytest.mark.parametrize(
    "typed", [NOW, f" {NOW[:3]} {NOW[3:]} ", NOW.translate({c: c + 0x660 - 48 for c in range(48, 58)})]
)
def test_a_code_is_forgiven_its_spaces_and_its_keyboard(typed: str) -> None:
    assert totp.matching_step(SECRET, typed, now_ms=NOW_MS) == totp.step_at(NOW_MS)


@pytest.mark.parametrize(
    "typed", ["", "12345", NOW + "0", "abcdef", "²" * 6, "½" * 6, "\ud800" * 6, "\0" * 6, "-" + NOW[1:], "9" * 9999]
)
def test_what_is_no_code_matches_nothing(typed: str) -> None:
    assert totp.matching_step(SECRET, typed, now_ms=NOW_MS) is None


def test_a_phones_clock_may_be_half_a_minute_off_and_no_more() -> None:
    assert [
        totp.matching_step(SECRET, NOW, now_ms=NOW_MS + late * totp.STEP_MS) is not None for late in range(-3, 4)
    ] == [
        *(False, False),
        *(True, True, True),
        *(False, False),
    ]


def test_the_address_for_the_app_is_read_as_it_was_meant() -> None:
    address = totp.address(SECRET, account="mo@daily.example", issuer="comments & co")
    assert address == (
        "otpauth://totp/comments%20%26%20co:mo%40daily.example"
        "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=comments%20%26%20co"
    )
    assert totp.spelt(SECRET).split(" ") == ["GEZD", "GNBV", "GY3T", "QOJQ", "GEZD", "GNBV", "GY3T", "QOJQ"]


def test_recovery_codes_are_forgiven_how_they_are_typed() -> None:
    codes = recovery.new_codes()
    assert len(set(codes)) == recovery.HOW_MANY
    for code in codes:
        assert recovery.as_code(code.upper().replace("-", " ").replace("0", "o").replace("1", "l")) == recovery.as_code(
            code
        )
        assert recovery.hashed(code) == recovery.hashed(code.replace("-", ""))
    for typed in ("", "123456", codes[0][:-1], codes[0] + "0", "u" * 16, "\ud800" * 16, "x" * 9999):
        assert recovery.as_code(typed) == "", typed


def test_a_sealed_secret_is_opened_by_its_key_only_and_outlives_a_rotation() -> None:
    old, new = "o" * 40, "n" * 40
    text = sealing.sealed(SECRET, [old])
    assert sealing.opened(text, [old]) == SECRET
    assert sealing.opened(text, [new, old]) == SECRET
    assert sealing.opened(text, [new]) is None
    assert sealing.is_fresh(text, [old, new])
    assert not sealing.is_fresh(text, [new, old])
    assert SECRET.hex() not in text
    assert sealing.sealed(SECRET, [old]) != text
    with pytest.raises(ValueError, match="32 bytes"):
        sealing.sealed(b"x" * 33, [old])
