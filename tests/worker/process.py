"""A worker as a process, for tests that kill it: `python -m tests.worker.process URL MS_AHEAD TIMEOUT_S [SMTP_URL]`.

`MS_AHEAD` sets its clock ahead of the test's, so that it sees what a worker sees later; the clock itself stands still.
"""

import sys
import threading

import redis
from redis.cluster import RedisCluster

from commentsvc import worker
from commentsvc.store.scripts import Client
from tests.servers import START_MS, no_retry
from tests.worker.scene import serve, settings


def main(url: str, ms_ahead: str, timeout_s: str, smtp_url: str | None = None) -> None:
    client: Client
    if url.startswith("cluster://"):
        host, _, port = url.removeprefix("cluster://").partition(":")
        client = RedisCluster(host=host, port=int(port))
    else:
        client = redis.Redis.from_url(url, retry=no_retry(), socket_timeout=2)
    now_ms = START_MS + int(ms_ahead)
    stop = threading.Event()
    worker.stop_on_signals(stop)
    print("ready", flush=True)
    told = settings(webhook_timeout_s=int(timeout_s), smtp_url=smtp_url)
    worker.run(serve(client, lambda: now_ms), told, stop=stop)


if __name__ == "__main__":
    main(*sys.argv[1:])
