"""Times as they are written at the edges."""

from datetime import UTC, datetime


def rfc3339(ms: int) -> str:
    """UTC milliseconds as `2026-03-01T10:00:00.000Z` (RFC 3339)."""
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
