"""A code as an image: the package's drawing, from glyphs that are rendered once and warped afresh each time."""

from __future__ import annotations

import math
from functools import cache
from io import BytesIO
from typing import Literal

from captcha.image import ColorTuple, ImageCaptcha, random_color
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from commentsvc.domain.challenge import ALPHABET
from commentsvc.picture.dice import DICE, seeded

Format = Literal["webp", "png"]

WIDTH, HEIGHT = 200, 72
"""Pixels of every picture."""

_MARGIN = 4  # pixels between the word and the left and right edge
_TURN = math.radians(16)  # either way; from about 25 degrees on, 7, 4 and Y begin to look like each other
_LEAN = 4  # pixels that a corner of a glyph wanders, either way; at 5 some H read as 4
_STRIPS = 6  # the wave through the whole word is made of this many leaning strips
_DOTS = 14
_CURVES = 2
_SHADES = 8  # from paper to ink: enough to smooth an edge, few enough to pack well
_STEPS = [value * _SHADES // 256 for value in range(256)]
_PAPER, _INK = (232, 255), (8, 70)
"""Ranges of each colour channel: the palest ink on the darkest paper has a contrast of 7.7 : 1 (AAA asks for 7)."""

_GREY_PAPER, _GREY_INK = 0, 255


class Artist(ImageCaptcha):
    """Draws codes with the package, at a third of its cost and a quarter of its bytes.

    The package renders, turns and warps each glyph anew, in four channels and three passes: most of its time. Here the
    glyphs are rendered once, in grey; turning and warping are one pass; colour comes last, as a palette. Nothing of an
    artist changes after it is made, so threads may share one.
    """

    word_space_probability = 0.85  # of *no* space, which is how the package reads it
    word_offset_dx = 0.35  # at most this share of a glyph is covered by the next one; at 0.45 a 4 after a T read as A

    def __init__(self) -> None:
        # Twice as wide as needed, because the package squeezes the word into its canvas before it can be measured.
        super().__init__(width=2 * WIDTH, height=HEIGHT, font_sizes=(52, 60))
        faces = [*self.truefonts, *(ImageFont.load_default(size) for size in self._font_sizes)]
        self._glyphs = {character: [_render(character, face) for face in faces] for character in ALPHABET}

    def _draw_character(self, c: str, draw: ImageDraw.ImageDraw, color: ColorTuple) -> Image.Image:
        if c == " ":
            return Image.new("L", (4 + DICE.randbelow(8), 1))
        glyph = DICE.choice(self._glyphs[c])
        size, corners = _turned_and_warped(glyph.width, glyph.height)
        return glyph.transform(size, Image.Transform.QUAD, corners, Image.Resampling.BILINEAR)

    def generate_image(
        self, chars: str, bg_color: ColorTuple | None = None, fg_color: ColorTuple | None = None
    ) -> Image.Image:
        """Return the picture of `chars` (of the alphabet) in a palette of shades between paper and ink."""
        paper, ink = bg_color or random_color(*_PAPER), fg_color or random_color(*_INK)
        word = self.create_captcha_image(chars, (_GREY_INK,) * 3, (_GREY_PAPER,) * 3).convert("L")
        image = _wave(_framed(word.crop(word.getbbox())))
        self.create_noise_dots(image, _GREY_INK, number=_DOTS)  # type: ignore[arg-type]  # grey: one channel
        for _ in range(_CURVES):
            self.create_noise_curve(image, _GREY_INK)  # type: ignore[arg-type]
        _stroke(image)
        image = image.filter(ImageFilter.SMOOTH).point(_STEPS)
        image.putpalette(_shades(paper, ink))
        return image


def draw(code: str, seed: bytes, *, fmt: Format) -> bytes:
    """Return the picture of `code` as a WebP or PNG file of about 2 KB, always the same for the same arguments.

    "Always" spans threads and processes with the same versions of Pillow and the package. `seed` must be secret: it
    decides every line. Raises ValueError for a code that is empty or has characters outside the alphabet.
    """
    if not code or not set(code) <= set(ALPHABET):
        raise ValueError(f"cannot draw {code!r}: a code is made of {ALPHABET}")
    with seeded(seed):
        image = _artist().generate_image(code)
    out = BytesIO()
    if fmt == "png":
        # Run lengths only (Z_RLE): for eight shades smaller and faster than searching for longer repeats.
        image.save(out, "png", compress_type=3)
    else:
        # Lossless is smaller *and* faster than lossy for eight shades.
        image.convert("RGB").save(out, "webp", lossless=True, quality=20, method=0)
    return out.getvalue()


@cache
def _artist() -> Artist:
    # Two threads that come first together each make one; both draw the same, and one is kept.
    return Artist()


def _render(character: str, face: ImageFont.FreeTypeFont | ImageFont.ImageFont) -> Image.Image:
    """Return one glyph, white on black, with a rim of 2 pixels for its edges to be smoothed into."""
    left, top, right, bottom = face.getbbox(character)
    glyph = Image.new("L", (math.ceil(right - left) + 4, math.ceil(bottom - top) + 4), _GREY_PAPER)
    ImageDraw.Draw(glyph).text((2 - left, 2 - top), character, font=face, fill=_GREY_INK)
    return glyph


def _turned_and_warped(width: int, height: int) -> tuple[tuple[int, int], tuple[float, ...]]:
    """Return the size that a turned glyph needs, and which four points of the glyph go to that size's corners."""
    angle = DICE.between(-_TURN, _TURN)
    cos, sin = math.cos(angle), math.sin(angle)
    wide = int(width * cos + height * abs(sin)) + _LEAN
    high = int(width * abs(sin) + height * cos) + _LEAN
    points: list[float] = []
    for x, y in ((-wide / 2, -high / 2), (-wide / 2, high / 2), (wide / 2, high / 2), (wide / 2, -high / 2)):
        points.append(width / 2 + x * cos - y * sin + DICE.between(-_LEAN, _LEAN))
        points.append(height / 2 + x * sin + y * cos + DICE.between(-_LEAN, _LEAN))
    return (wide, high), tuple(points)


def _framed(word: Image.Image) -> Image.Image:
    """Return the word somewhere on a canvas of the picture's size, narrowed only if it is too wide."""
    room = WIDTH - 2 * _MARGIN
    if word.width > room:
        word = word.resize((room, word.height), Image.Resampling.BILINEAR)
    canvas = Image.new("L", (WIDTH, HEIGHT), _GREY_PAPER)
    canvas.paste(word, (_MARGIN + DICE.randbelow(room - word.width + 1), (HEIGHT - word.height) // 2))
    return canvas


def _wave(image: Image.Image) -> Image.Image:
    """Return the image with its base line bent into a wave."""
    height, length, phase = DICE.between(2, 5), DICE.between(90, 180), DICE.between(0, math.tau)
    edges = [WIDTH * strip // _STRIPS for strip in range(_STRIPS + 1)]
    shifts = [height * math.sin(phase + math.tau * x / length) for x in edges]
    mesh = [
        ((left, 0, right, HEIGHT), (left, down, left, HEIGHT + down, right, HEIGHT + next_down, right, next_down))
        for left, right, down, next_down in zip(edges, edges[1:], shifts, shifts[1:], strict=False)
    ]
    return image.transform(image.size, Image.Transform.MESH, mesh, Image.Resampling.BILINEAR)


def _stroke(image: Image.Image) -> None:
    """Draw one line from edge to edge, half as heavy as a letter's: the package's arcs are too thin to join letters."""
    middle, height = HEIGHT * DICE.between(0.38, 0.62), DICE.between(6, 14)
    phase, length = DICE.between(0, math.tau), DICE.between(90, 200)
    points = [(x, middle + height * math.sin(phase + math.tau * x / length)) for x in range(0, WIDTH + 10, 10)]
    ImageDraw.Draw(image).line(points, fill=_GREY_INK, width=2)


def _shades(paper: ColorTuple, ink: ColorTuple) -> list[int]:
    """Return a palette, three numbers a shade, from paper to ink."""
    return [
        round(p + (i - p) * shade / (_SHADES - 1)) for shade in range(_SHADES) for p, i in zip(paper, ink, strict=True)
    ]
