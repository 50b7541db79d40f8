"""`python -m commentsvc.picture [SHEET.png]`: what images and sounds cost here, and a sheet of codes to look at."""

import statistics
import sys
import time
from collections.abc import Callable
from io import BytesIO

from PIL import Image

from commentsvc.domain.challenge import ALPHABET, LENGTH
from commentsvc.picture.dice import seeded
from commentsvc.picture.drawing import HEIGHT, WIDTH, draw
from commentsvc.picture.speech import speak

_ROUNDS = 400
_COLUMNS, _ROWS, _EDGE = 4, 8, 10


def _code(seed: bytes) -> str:
    with seeded(b"code" + seed) as dice:
        return "".join(dice.choice(ALPHABET) for _ in range(LENGTH))


def _measured(name: str, make: Callable[[str, bytes], bytes]) -> str:
    """Return a table row: milliseconds of CPU (this thread's) and bytes."""
    make(ALPHABET[:LENGTH], b"the first one prepares glyphs and voices")
    costs, sizes = [], []
    for number in range(_ROUNDS):
        seed = number.to_bytes(4, "little")
        code = _code(seed)
        start = time.thread_time_ns()
        made = make(code, seed)
        costs.append((time.thread_time_ns() - start) / 1e6)
        sizes.append(len(made))
    cost, worst = statistics.median(costs), statistics.quantiles(costs, n=100)[98]
    return f"{name:<12} {cost:10.2f} {worst:10.2f} {statistics.median(sizes):12,.0f} {max(sizes):12,}"


def _sheet() -> Image.Image:
    """Return codes on a light page and on a dark one."""
    wide, high = WIDTH + _EDGE, HEIGHT + _EDGE
    sheet = Image.new("RGB", (_COLUMNS * wide + _EDGE, _ROWS * high + _EDGE), "white")
    sheet.paste((18, 18, 18), (0, _ROWS // 2 * high + _EDGE // 2, sheet.width, sheet.height))
    for number in range(_COLUMNS * _ROWS):
        seed = number.to_bytes(4, "little")
        picture = Image.open(BytesIO(draw(_code(seed), seed, fmt="png"))).convert("RGB")
        sheet.paste(picture, (_EDGE + number % _COLUMNS * wide, _EDGE + number // _COLUMNS * high))
    return sheet


def main() -> None:
    """Print the table; write the sheet if a path is given."""
    print(f"{'':<12} {'CPU ms':>10} {'99th':>10} {'bytes':>12} {'largest':>12}")
    print(_measured("image webp", lambda code, seed: draw(code, seed, fmt="webp")))
    print(_measured("image png", lambda code, seed: draw(code, seed, fmt="png")))
    print(_measured("sound wav", speak))
    if len(sys.argv) > 1:
        _sheet().save(sys.argv[1])


if __name__ == "__main__":
    main()
