"""The background loop: events to webhooks, and the brooms."""

from commentsvc.worker.loop import run
from commentsvc.worker.signals import stop_on_signals

__all__ = ["run", "stop_on_signals"]
