"""`python -m commentsvc.cli`, for processes that start each other."""

from commentsvc.cli import main

main()
