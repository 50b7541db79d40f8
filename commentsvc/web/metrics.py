"""Figures for Prometheus: answers by route and status, how long they took, comments by status.

One installation has several web processes, and a scrape reaches any one of them. Where PROMETHEUS_MULTIPROC_DIR names
an empty directory when their applications are made, each writes its figures to a file of its own there and whoever is
asked adds them up, those of ended processes too; without it a scrape tells of the one process that answers. Counts of
comments are asked of the store at each scrape, so they are the same from every process.
"""

import os
import time
from collections.abc import Callable, Iterator

from flask import Flask, Response, g, request
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, values
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from commentsvc.domain.moderator import Actor, Right
from commentsvc.domain.refusal import Refused
from commentsvc.service import UNREACHABLE, Service

METRICS_KEY = "commentsvc-metrics"
SHARED_DIRECTORY = "PROMETHEUS_MULTIPROC_DIR"
METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PATCH", "DELETE"})
NO_ROUTE = "none"
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)


class Metrics:
    """What one application measures, and what all of them together have to tell."""

    def __init__(self) -> None:
        # The library chooses while it is imported, which is before `serve` has said where the processes meet.
        values.ValueClass = values.get_value_class()  # type: ignore[no-untyped-call]  # prometheus-client's
        self._own = CollectorRegistry()
        self._answers = Counter(
            "commentsvc_answers", "Answers by what they were to.", ("route", "method", "status"), registry=self._own
        )
        self._seconds = Histogram(
            "commentsvc_answer_seconds", "Time from request to answer.", ("route",), buckets=BUCKETS, registry=self._own
        )
        self._turned_away = Counter(
            "commentsvc_turned_away",
            "Requests for a form or code refused unseen.",
            ("what", "status"),
            registry=self._own,
        )
        self._ready = Counter(
            "commentsvc_ready", "Hot public answers by how they came about.", ("how",), registry=self._own
        )

    def install(self, app: Flask) -> None:
        """Measures every answer that the app itself makes; those kept ready are counted by `ready` alone."""
        app.extensions[METRICS_KEY] = self
        app.before_request(_start)
        app.after_request(self._measure)

    def ready(self, how: str) -> None:
        """Counts one answer: `kept` ready, `checked` by a look into Redis, `made` anew, or `stale` while it is away."""
        self._ready.labels(how).inc()

    def turned_away(self, what: str, status: int) -> None:
        """Counts one request that the gate refused: for a `form` or a `code`."""
        self._turned_away.labels(what, status).inc()

    def exposition(self, service: Service) -> bytes:
        """All figures in Prometheus' text format."""
        store = CollectorRegistry()
        store.register(_Comments(service))
        return generate_latest(self._processes()) + generate_latest(store)

    def _processes(self) -> CollectorRegistry:
        if SHARED_DIRECTORY not in os.environ:
            return self._own
        together = CollectorRegistry()
        MultiProcessCollector(together)  # type: ignore[no-untyped-call]  # prometheus-client's
        return together

    def _measure(self, response: Response) -> Response:
        route = request.url_rule.rule if request.url_rule else NO_ROUTE
        method = request.method if request.method in METHODS else "other"  # a caller can make up any number of them
        self._answers.labels(route, method, response.status_code).inc()
        if "started" in g:
            self._seconds.labels(route).observe(time.perf_counter() - g.started)
        return response


def ready_counter(app: Flask) -> Callable[[str], None]:
    """What counts answers that are kept ready, where somebody may read the figures."""
    measured: Metrics | None = app.extensions.get(METRICS_KEY)
    return measured.ready if measured else lambda how: None


def turned_away_counter(app: Flask) -> Callable[[str, int], None]:
    """What counts requests that the gate refused, where somebody may read the figures."""
    measured: Metrics | None = app.extensions.get(METRICS_KEY)
    return measured.turned_away if measured else lambda what, status: None


class _Comments(Collector):
    """The store's side; a store that is away is a figure too, not a failed scrape."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def collect(self) -> Iterator[GaugeMetricFamily]:
        up = GaugeMetricFamily("commentsvc_store_up", "Whether Redis answered this scrape.")
        comments = GaugeMetricFamily("commentsvc_comments", "Comments by site and status.", labels=("site", "status"))
        try:
            self._count(comments)
            up.add_metric((), 1)
        except UNREACHABLE:
            up.add_metric((), 0)
        yield up
        yield comments

    def _count(self, comments: GaugeMetricFamily) -> None:
        everywhere = Actor(id="metrics", sites=None, rights=frozenset({Right.READ}))
        for site in self._service.moderation.sites(everywhere):
            counts = self._service.moderation.counts(everywhere, site)
            if not isinstance(counts, Refused):
                for status, count in counts.items():
                    comments.add_metric((site.key, status), count)


def _start() -> None:
    g.started = time.perf_counter()
