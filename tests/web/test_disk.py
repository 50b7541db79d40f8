"""A disk that is nearly full would end the embedded server: submissions stop before that, and reading goes on."""

from pathlib import Path

import redis

from commentsvc.bootstrap import Parts, serve_from
from commentsvc.settings import Settings
from commentsvc.web import create_app
from tests.web.conftest import SECRETS, Reader, dump

MORE_THAN_THERE_IS = 1 << 40


def reader_on(client: redis.Redis, settings: Settings) -> Reader:
    """A reader of an installation with these settings."""
    service = serve_from(client, settings, SECRETS)
    site = service.sites.add(key="daily", name="Daily", origins=["https://daily.example"])
    app = create_app(Parts(settings=settings, secrets=SECRETS, client=client, service=service))
    return Reader(web=app.test_client(use_cookies=False), service=service, site=site)


def test_nothing_is_accepted_on_a_nearly_full_disk_and_the_text_is_kept(client: redis.Redis, tmp_path: Path) -> None:
    alice = reader_on(client, Settings(data_dir=tmp_path, min_free_disk_mib=MORE_THAN_THERE_IS))
    before = dump(client)

    answer = alice.send(alice.form(text="Words that must not be lost."))

    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "Words that must not be lost." in answer.text
    assert dump(client) == before
    assert alice.opens().status_code == 200, "reading goes on"


def test_the_disk_of_somebody_elses_redis_is_not_ours_to_judge(client: redis.Redis, tmp_path: Path) -> None:
    elsewhere = Settings(data_dir=tmp_path, redis_url="redis://elsewhere", min_free_disk_mib=MORE_THAN_THERE_IS)
    assert reader_on(client, elsewhere).send().status_code == 303
