"""The web server answers at once, also the one reader who waits for the answer before asking again."""

import socket

from commentsvc.cli.web_server import listen


def test_an_answer_does_not_wait_until_the_one_before_is_acknowledged() -> None:
    with listen("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname()):
        connection, _ = listener.accept()
        with connection:
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0
