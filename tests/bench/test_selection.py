"""`--only` names rows the way people say them."""

import pytest

from commentsvc.bench.selection import UnknownRow, selected

NAMES = ["bare", "list 100", "list 1000", "list 100 304", "submit 1", "submit 16"]


def test_without_a_wish_every_row_is_measured() -> None:
    assert selected(NAMES, ()) == NAMES


def test_a_whole_name_means_that_row_alone() -> None:
    assert selected(NAMES, ["list 100"]) == ["list 100"]


def test_a_beginning_means_every_row_that_begins_so_in_the_order_of_the_report() -> None:
    assert selected(NAMES, ["submit", "list"]) == ["list 100", "list 1000", "list 100 304", "submit 1", "submit 16"]


def test_a_name_there_is_not_is_refused_with_those_there_are() -> None:
    with pytest.raises(UnknownRow, match="choose from bare, list 100,"):
        selected(NAMES, ["lists"])
