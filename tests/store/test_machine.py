"""Whatever readers and moderators do, in whatever order: nothing is lost, doubled, miscounted or public unapproved."""

import redis
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from commentsvc.store.scripts import Client
from tests.store.brought import Notices


def test_in_whatever_order_things_are_done_the_store_is_what_the_model_says(client: redis.Redis) -> None:
    class OneServer(Notices):
        partitions = 1

        @classmethod
        def prepare(cls) -> Client:
            client.flushall()
            return client

    # No deadline: one step is several round trips to a server that other processes use as well.
    run_state_machine_as_test(OneServer, settings=settings(deadline=None, max_examples=80, stateful_step_count=40))
