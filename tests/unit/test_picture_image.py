"""The code as an image: the same for the same ticket everywhere, small, and made of the whole alphabet."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest
from PIL import Image

from commentsvc.domain.challenge import ALPHABET, LENGTH
from commentsvc.picture import HEIGHT, WIDTH, Format, draw
from commentsvc.picture.dice import DICE, seeded

CODE = ALPHABET[3 : 3 + LENGTH]
SEED = b"a ticket's seed"
FORMATS: tuple[Format, ...] = ("webp", "png")


def codes() -> list[str]:
    """Codes with every character of the alphabet in every place."""
    return ["".join(ALPHABET[(first + 3 * place) % len(ALPHABET)] for place in range(LENGTH)) for first in range(16)]


def opened(picture: bytes) -> Image.Image:
    """The decoded picture."""
    image = Image.open(BytesIO(picture))
    image.load()
    return image


def luminance(colour: tuple[int, ...]) -> float:
    """Relative luminance as WCAG 2 defines it."""
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("fmt", FORMATS)
def test_another_process_draws_the_same_picture(fmt: Format) -> None:
    program = (
        "import sys; from commentsvc.picture import draw;"
        f"sys.stdout.buffer.write(draw({CODE!r}, {SEED!r}, fmt={fmt!r}))"
    )
    other = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, timeout=60)
    assert other.stdout == draw(CODE, SEED, fmt=fmt)


def test_threads_that_draw_at_once_do_not_roll_each_others_dice() -> None:
    seeds = [bytes([number]) for number in range(40)]
    alone = [draw(CODE, seed, fmt="png") for seed in seeds]
    with ThreadPoolExecutor(8) as threads:
        for _ in range(3):
            assert list(threads.map(lambda seed: draw(CODE, seed, fmt="png"), seeds)) == alone


@pytest.mark.parametrize("fmt", FORMATS)
def test_each_ticket_has_a_picture_of_its_own_even_for_the_same_code(fmt: Format) -> None:
    assert len({draw(CODE, bytes([number]), fmt=fmt) for number in range(50)}) == 50


def test_another_code_is_another_picture() -> None:
    assert len({draw(code, SEED, fmt="png") for code in codes()}) == 16


def test_both_formats_show_the_same_picture() -> None:
    webp, png = (opened(draw(CODE, SEED, fmt=fmt)).convert("RGB") for fmt in FORMATS)
    assert webp.tobytes() == png.tobytes()


@pytest.mark.parametrize("fmt", FORMATS)
def test_every_picture_has_its_size_and_is_small(fmt: Format) -> None:
    for number, code in enumerate(codes()):
        picture = draw(code, bytes([number]), fmt=fmt)
        image = opened(picture)
        assert (image.format, image.size) == (fmt.upper(), (WIDTH, HEIGHT))
        assert len(picture) < 3000


def test_ink_on_paper_has_the_contrast_of_good_print_on_any_page() -> None:
    for number in range(60):
        image = opened(draw(CODE, bytes([number]), fmt="png")).convert("RGB")
        shades = image.getcolors()
        assert shades is not None
        lights = [luminance(colour) for _, colour in shades if isinstance(colour, tuple)]
        assert (max(lights) + 0.05) / (min(lights) + 0.05) >= 7
        assert max(lights) > 0.75  # the paper is light, and it is the picture's own: no pixel lets the page through
        assert "transparency" not in image.info


def test_the_word_is_inside_the_picture_and_fills_it() -> None:
    for number, code in enumerate(codes()):
        grey = opened(draw(code, bytes([number]), fmt="png")).convert("L")
        middle = grey.crop((0, HEIGHT // 4, WIDTH, HEIGHT * 3 // 4)).point([255] * 128 + [0] * 128)
        box = middle.getbbox()
        assert box is not None
        assert box[2] - box[0] > WIDTH // 2
        dark = sum(middle.histogram()[128:])
        assert dark > 700  # a word, not only the lines through it


@pytest.mark.parametrize("code", ["", "0", "OIL", CODE.lower(), "4 4"])
def test_a_code_that_the_alphabet_does_not_have_is_refused(code: str) -> None:
    with pytest.raises(ValueError, match="cannot draw"):
        draw(code, SEED, fmt="png")


def test_dice_without_a_seed_do_not_roll() -> None:
    with pytest.raises(LookupError):
        DICE.randbits(8)
    with seeded(SEED):
        first = [DICE.randbelow(1000) for _ in range(300)]
    with seeded(SEED):
        assert [DICE.randbelow(1000) for _ in range(300)] == first
    with pytest.raises(LookupError):
        DICE.randbits(8)
