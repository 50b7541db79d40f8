"""Everything that knows Redis; no other room imports it."""
