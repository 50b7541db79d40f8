"""Comment moderation a publisher runs on its own machine."""
