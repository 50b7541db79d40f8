"""A code as a sound: the package's voices, mixed by arithmetic on whole recordings instead of sample by sample."""

from __future__ import annotations

from functools import cache

from captcha.audio import BEEP, WAVE_SAMPLE_RATE, AudioCaptcha, change_speed

from commentsvc.domain.challenge import ALPHABET
from commentsvc.picture.dice import DICE, seeded

_SPEEDS = (0.95, 1.05, 1.15)  # factors of length; every voice is kept in each
_LOUDNESS = 24  # root mean square of a kept voice, in steps of 1/256
_VOICE_GAINS = (0.9, 1.0, 1.1)
_NOISE_GAINS = (0.1, 0.13, 0.16)  # 16 to 20 dB below the voice
_GAPS_MS = (700, 1000)  # after each character: time to type it
_LULLS_MS = (0, 100)  # between two noises
_EDGE_MS = 30  # kept before and after what is heard of a recording
_AUDIBLE = 4  # steps from the middle; a higher threshold cuts the soft ends of F and X

# Mixing is one addition of long integers, a byte a sample, so no sum may overflow into the next byte: each layer stays
# in [0, 2 x its middle), and the middles add up to 128, which is silence.
_VOICE_MIDDLE, _NOISE_MIDDLE, _HISS_MIDDLE = 108, 18, 2


class Speaker(AudioCaptcha):
    """Speaks codes with the package's voices, at a five-hundredth of its cost.

    The package works on every sample of every voice, and of some thirteen seconds of noise, in Python: 260-410 ms that
    hold the interpreter. Here each voice is trimmed, levelled and stretched once; a new sound translates, joins and
    adds whole recordings. Nothing of a speaker changes after it is made, so threads may share one.
    """

    def __init__(self) -> None:
        super().__init__()
        self._choices = list(ALPHABET)  # the package would take them in the order of the file system, which is any
        self.load()
        self._voices = {c: _kept(recordings[0]) for c, recordings in self._cache.items()}
        self._signal = BEEP.translate(_level(1.0, _VOICE_MIDDLE))

    def _twist_pick(self, key: str) -> bytearray:
        gain = DICE.choice(_VOICE_GAINS)
        return bytearray(DICE.choice(self._voices[key]).translate(_level(gain, _VOICE_MIDDLE)))

    def _noise_pick(self) -> bytearray:
        voice = DICE.choice(self._voices[DICE.choice(self._choices)])
        return bytearray(voice[::-1].translate(_level(DICE.choice(_NOISE_GAINS), _NOISE_MIDDLE)))

    def create_background_noise(self, length: int, chars: str) -> bytearray:
        """Return `length` samples of voices spoken backwards, which sound like speech and say nothing."""
        noise = bytearray()
        while len(noise) < length:
            noise += self._noise_pick() + _pause(_LULLS_MS, _NOISE_MIDDLE)
        return noise[:length]

    def create_wave_body(self, chars: str) -> bytearray:
        """Return the samples: a beep, each character and a pause after it, a beep; and noise under all of it."""
        body = bytearray(_pause(_LULLS_MS, _VOICE_MIDDLE))
        for sound in (self._signal, *map(self._twist_pick, chars)):
            body += sound + _pause(_GAPS_MS, _VOICE_MIDDLE)
        body += self._signal
        hiss = DICE.noise(len(body)).translate(_HISS)
        return _added(body, self.create_background_noise(len(body), chars), hiss)


def speak(code: str, seed: bytes) -> bytes:
    """Return `code` spoken in English: a WAV file, mono, 8 bit, 8 kHz, about 7 s; the same for the same arguments.

    The first call of a process prepares the voices. Raises ValueError for a code that is empty or has characters
    outside the alphabet.
    """
    if not code or not set(code) <= set(ALPHABET):
        raise ValueError(f"cannot speak {code!r}: a code is made of {ALPHABET}")
    with seeded(seed):
        return bytes(_speaker().generate(code))


@cache
def _speaker() -> Speaker:
    # Two threads that come first together each make one; both speak the same, and one is kept.
    return Speaker()


def _kept(recording: bytearray) -> list[bytes]:
    """Return a recording in each speed, without the silence around it, all recordings equally loud."""
    heard = [i for i, sample in enumerate(recording) if abs(sample - 128) > _AUDIBLE]
    edge = _samples(_EDGE_MS)
    voice = recording[max(0, heard[0] - edge) : heard[-1] + edge]
    loudness = (sum((sample - 128) ** 2 for sample in voice) / len(voice)) ** 0.5
    level = _level(_LOUDNESS / loudness, 128)
    return [bytes(change_speed(voice, speed)).translate(level) for speed in _SPEEDS]


@cache
def _level(gain: float, middle: int) -> bytes:
    """Return the table that makes samples around 128 `gain` times as loud, around `middle`, cut to [0, 2 x middle)."""
    return bytes(min(2 * middle - 1, max(0, round(middle + (sample - 128) * gain))) for sample in range(256))


_HISS = bytes(sample % (2 * _HISS_MIDDLE) for sample in range(256))


def _samples(ms: int) -> int:
    return WAVE_SAMPLE_RATE * ms // 1000


def _pause(range_ms: tuple[int, int], middle: int) -> bytes:
    shortest, longest = map(_samples, range_ms)
    return bytes([middle]) * (shortest + DICE.randbelow(longest - shortest + 1))


def _added(first: bytes | bytearray, *others: bytes | bytearray) -> bytearray:
    """Return the sums, byte by byte, of layers of equal length whose sums all stay below 256."""
    total = int.from_bytes(first, "little")
    for layer in others:
        total += int.from_bytes(layer, "little")
    return bytearray(total.to_bytes(len(first), "little"))
