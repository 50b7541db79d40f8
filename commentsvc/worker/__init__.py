"""The background loop: events to webhooks, letters to authors, and the brooms."""

from commentsvc.worker.loop import run
from commentsvc.worker.postman import knock
from commentsvc.worker.signals import stop_on_signals

__all__ = ["knock", "run", "stop_on_signals"]
