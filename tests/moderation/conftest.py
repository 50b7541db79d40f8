"""The console on a real server with the site `daily`, moderated by Mo and Max."""

import pytest
import redis

from commentsvc.bootstrap import Parts
from commentsvc.service import Limits, assemble
from commentsvc.settings import Settings
from commentsvc.web import create_app
from tests.moderation.cast import Cast, Sitting, Watch

SECRETS = ("a secret of these tests, long enough",)


@pytest.fixture
def cast(client: redis.Redis) -> Cast:
    """Everybody, and the site `daily`."""
    watch = Watch()
    limits = Limits(submissions_per_minute=10_000)
    service = assemble(client, clock=watch, secrets=SECRETS, limits=limits)
    parts = Parts(settings=Settings(), secrets=SECRETS, client=client, service=service)
    cast = Cast(app=create_app(parts), service=service, watch=watch, client=client)
    cast.site("daily")
    return cast


@pytest.fixture
def mo(cast: Cast) -> Sitting:
    """Mo, who moderates `daily` and has signed in."""
    cast.hire("mo", "daily")
    return cast.sits_down("mo")


@pytest.fixture
def max_(cast: Cast) -> Sitting:
    """Max, a colleague of Mo's, who has signed in."""
    cast.hire("max", "daily")
    return cast.sits_down("max")
