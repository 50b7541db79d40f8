"""A confirmation code as an image and as a sound: the only room that knows the captcha package and Pillow."""

from commentsvc.picture.booth import BoothBusy, SoundBooth
from commentsvc.picture.drawing import HEIGHT, WIDTH, Format, draw
from commentsvc.picture.speech import speak

__all__ = ["HEIGHT", "WIDTH", "BoothBusy", "Format", "SoundBooth", "draw", "speak"]
