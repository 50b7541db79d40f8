"""What docs/moderation.md says is so."""

import re
from pathlib import Path

from commentsvc.domain.moderator import RIGHTS, Right, Role

DOCS = Path(__file__).parents[2] / "docs/moderation.md"


def test_the_table_of_roles_is_the_one_that_holds() -> None:
    rows = re.findall(r"^\| `(\w+)` \| ([a-z, ]+) \| (every site|the sites named) \|$", DOCS.read_text(), re.MULTILINE)
    assert rows == [
        (
            role.value,
            ", ".join(right for right in Right if right in RIGHTS[role]),
            "every site" if role is Role.ADMIN else "the sites named",
        )
        for role in Role
    ]
