"""The code as a sound: the same for the same ticket, clear above its noise, and no way to stall the service."""

import subprocess
import sys
import wave
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from itertools import count
from threading import Event

import pytest

from commentsvc.domain.challenge import ALPHABET, LENGTH
from commentsvc.picture import BoothBusy, SoundBooth, speak, speech

CODE = ALPHABET[3 : 3 + LENGTH]
SEED = b"a ticket's seed"
RATE = 8000


def samples(wav: bytes) -> bytes:
    """The samples of a sound of the promised kind, 128 being silence."""
    with wave.open(BytesIO(wav)) as sound:
        assert (sound.getnchannels(), sound.getsampwidth(), sound.getframerate()) == (1, 1, RATE)
        return bytes(sound.readframes(-1))


def loudness(part: bytes) -> float:
    """Root mean square, in steps."""
    return float((sum((sample - 128) ** 2 for sample in part) / len(part)) ** 0.5)


class Crowd(SoundBooth):
    """A booth to which every request comes from another network, unless it says from which."""

    def __init__(self, *, per_second: float, burst: int, kept: int) -> None:
        super().__init__(per_second=per_second, burst=burst, kept=kept)
        self._numbers = count()

    def sound(self, code: str, seed: bytes, *, network: str = "", now_s: float) -> bytes | BoothBusy:
        return super().sound(code, seed, network=network or f"reader {next(self._numbers)}", now_s=now_s)


def booth(*, per_second: float = 1, burst: int = 2, kept: int = 4) -> Crowd:
    """A booth small enough to be filled."""
    return Crowd(per_second=per_second, burst=burst, kept=kept)


def test_another_process_says_the_same() -> None:
    program = f"import sys; from commentsvc.picture import speak; sys.stdout.buffer.write(speak({CODE!r}, {SEED!r}))"
    other = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, timeout=60)
    assert other.stdout == speak(CODE, SEED)


def test_threads_that_speak_at_once_do_not_roll_each_others_dice() -> None:
    seeds = [bytes([number]) for number in range(40)]
    alone = [speak(CODE, seed) for seed in seeds]
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(lambda seed: speak(CODE, seed), seeds)) == alone


def test_each_ticket_has_a_sound_of_its_own_even_for_the_same_code() -> None:
    assert len({speak(CODE, bytes([number])) for number in range(50)}) == 50


@pytest.mark.parametrize("character", ALPHABET)
def test_every_character_can_be_heard_clearly_above_the_noise(character: str) -> None:
    said = samples(speak(character * LENGTH, SEED))
    window = RATE // 10
    loud = sorted(loudness(said[start : start + window]) for start in range(0, len(said) - window, window))
    assert loud[-LENGTH] > 4 * loud[len(loud) // 4]  # 12 dB


def test_a_sound_is_long_enough_to_type_along_and_small() -> None:
    for number in range(30):
        wav = speak(CODE, bytes([number]))
        assert 5 <= len(samples(wav)) / RATE <= 9
        assert len(wav) <= 80_000


def test_mixing_never_runs_over_into_the_next_sample() -> None:
    # A sum of 256 or more would carry into the next byte, and click. Voices as loud as any, each layer at its highest:
    highest = [max(speech._level(99, middle)) for middle in (speech._VOICE_MIDDLE, speech._NOISE_MIDDLE)]
    assert sum(highest) + max(speech._HISS) < 256
    for number in range(30):
        said = samples(speak(CODE, bytes([number])))
        assert abs(sum(said) / len(said) - 128) < 2  # the layers' middles add up to silence


@pytest.mark.parametrize("code", ["", "0", "OIL", CODE.lower(), "4 4"])
def test_a_code_that_the_alphabet_does_not_have_is_refused(code: str) -> None:
    with pytest.raises(ValueError, match="cannot speak"):
        speak(code, SEED)


def test_booth_refuses_when_the_budget_is_spent_and_says_when_to_return() -> None:
    small = booth(per_second=0.25, burst=2)
    assert small.sound(CODE, b"1", now_s=100) == speak(CODE, b"1")
    assert small.sound(CODE, b"2", now_s=100) == speak(CODE, b"2")
    assert small.sound(CODE, b"3", now_s=100) == BoothBusy(retry_after_s=4)
    assert small.sound(CODE, b"3", now_s=103) == BoothBusy(retry_after_s=1)


def test_booth_serves_again_at_the_time_it_named_and_no_faster_than_its_rate() -> None:
    small = booth(per_second=0.5, burst=1)
    assert isinstance(small.sound(CODE, b"0", now_s=0), bytes)
    refused = small.sound(CODE, b"1", now_s=0)
    assert isinstance(refused, BoothBusy)
    assert isinstance(small.sound(CODE, b"1", now_s=refused.retry_after_s), bytes)
    made = [small.sound(CODE, bytes([2, tenth]), now_s=10 + tenth / 10) for tenth in range(200)]
    assert sum(isinstance(sound, bytes) for sound in made) == 10


def test_a_long_quiet_time_earns_no_more_than_the_burst() -> None:
    small = booth(per_second=1, burst=2)
    made = [small.sound(CODE, bytes([number]), now_s=1_000_000) for number in range(5)]
    assert [isinstance(sound, bytes) for sound in made] == [True, True, False, False, False]


def test_a_clock_reading_that_comes_late_neither_earns_nor_costs() -> None:
    small = booth(per_second=1, burst=1)
    assert isinstance(small.sound(CODE, b"1", now_s=100), bytes)
    assert isinstance(small.sound(CODE, b"2", now_s=50), BoothBusy)
    assert isinstance(small.sound(CODE, b"2", now_s=100.5), BoothBusy)
    assert isinstance(small.sound(CODE, b"2", now_s=101), bytes)


def test_listening_again_is_free_even_when_the_budget_is_spent() -> None:
    small = booth(burst=1)
    first = small.sound(CODE, SEED, now_s=0)
    assert small.sound(CODE, b"another", now_s=0) == BoothBusy(retry_after_s=1)
    for _ in range(20):
        assert small.sound(CODE, SEED, now_s=0) is first


def test_booth_keeps_only_the_last_wanted_sounds() -> None:
    small = booth(burst=10, kept=2)
    first, second = (small.sound(CODE, seed, now_s=0) for seed in (b"1", b"2"))
    assert small.sound(CODE, b"1", now_s=0) is first  # wanted again, so it outlives the second
    small.sound(CODE, b"3", now_s=0)
    assert small.sound(CODE, b"1", now_s=0) is first
    again = small.sound(CODE, b"2", now_s=0)
    assert again == second
    assert again is not second


def test_who_comes_while_a_sound_is_made_is_refused_at_once_and_pays_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    begun, may_end = Event(), Event()

    def slow(code: str, seed: bytes) -> bytes:
        begun.set()
        assert may_end.wait(30)
        return speak(code, seed)

    small = booth(burst=2)
    small.sound(CODE, b"kept", now_s=0)
    monkeypatch.setattr("commentsvc.picture.booth.speak", slow)
    with ThreadPoolExecutor(1) as threads:
        making = threads.submit(small.sound, CODE, b"long", now_s=0)
        try:
            assert begun.wait(30)
            refusals = [small.sound(CODE, bytes([number]), now_s=0) for number in range(10)]
            assert refusals == [BoothBusy(retry_after_s=1)] * 10
            assert isinstance(small.sound(CODE, b"kept", now_s=0), bytes)  # what is kept needs no seat
        finally:
            may_end.set()
        assert making.result(timeout=30) == speak(CODE, b"long")
    assert isinstance(small.sound(CODE, b"next", now_s=1), bytes)


def test_one_network_cannot_take_the_sounds_from_everybody_else() -> None:
    large = booth(per_second=20, burst=20, kept=9)
    greedy = [large.sound(CODE, bytes([0, number]), network="mallory", now_s=0) for number in range(20)]
    assert sum(isinstance(sound, bytes) for sound in greedy) == 5
    assert greedy[-1] == BoothBusy(retry_after_s=2)
    assert isinstance(large.sound(CODE, b"alice", network="alice", now_s=0), bytes)
    assert large.sound(CODE, bytes([0, 0]), network="mallory", now_s=0) is greedy[0]  # what is kept stays free
    later = [large.sound(CODE, bytes([1, number]), network="mallory", now_s=2) for number in range(5)]
    assert [isinstance(sound, bytes) for sound in later] == [True, False, False, False, False]


def test_a_network_pays_nothing_of_its_share_while_everybodys_budget_is_spent() -> None:
    small = booth(per_second=1, burst=1)
    small.sound(CODE, b"first", now_s=0)
    for number in range(10):
        assert isinstance(small.sound(CODE, bytes([number]), network="alice", now_s=0), BoothBusy)
    made = [small.sound(CODE, bytes([number]), network="alice", now_s=1 + number) for number in range(5)]
    assert all(isinstance(sound, bytes) for sound in made)


def test_only_so_many_networks_are_remembered_the_last_seen_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("commentsvc.domain.budget.NETWORKS_MAX", 2)
    large = booth(per_second=100, burst=100)
    for number in range(6):
        large.sound(CODE, bytes([number]), network="mallory", now_s=0)
    large.sound(CODE, b"alice", network="alice", now_s=0)
    assert isinstance(large.sound(CODE, b"x", network="mallory", now_s=0), BoothBusy)  # seen again, so remembered
    large.sound(CODE, b"bob", network="bob", now_s=0)
    assert isinstance(large.sound(CODE, b"y", network="mallory", now_s=0), BoothBusy)
    for name in ("carol", "dave"):
        large.sound(CODE, name.encode(), network=name, now_s=0)
    assert isinstance(large.sound(CODE, b"z", network="mallory", now_s=0), bytes)


def test_a_sound_that_cannot_be_made_leaves_the_seat_free() -> None:
    small = booth()
    with pytest.raises(ValueError, match="cannot speak"):
        small.sound("", SEED, now_s=0)
    assert isinstance(small.sound(CODE, SEED, now_s=0), bytes)


@pytest.mark.parametrize(("per_second", "burst", "kept"), [(0, 1, 1), (1, 0, 1), (1, 1, 0)])
def test_a_booth_that_could_never_serve_is_not_built(per_second: float, burst: int, kept: int) -> None:
    with pytest.raises(ValueError, match="a booth needs"):
        SoundBooth(per_second=per_second, burst=burst, kept=kept)
